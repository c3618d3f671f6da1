package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.json.JobReader;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.Reasons;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Reads a job from a file or from standard input. */
final class JobSource {
  private static final String STDIN = "-";
  private static final List<String> STDOUT = List.of("/proc/self/fd/1");

  private JobSource() {}

  /** Returns the paths that no document may replace: those in the job, and the job itself. */
  static List<String> inUse(String name, Job job) {
    String expect = job.expect();
    return Stream.of(
            name.equals(STDIN) ? null : name,
            job.input(),
            job.output(),
            expect == null || Job.isDigest(expect) ? null : expect,
            job.undo(),
            job.audit())
        .filter(Objects::nonNull)
        .toList();
  }

  /**
   * True if the job expects the plan that is being written: one of {@code files}, or stdout if
   * there are none.
   */
  static boolean expects(Job job, List<String> files) {
    String expect = job.expect();
    if (expect == null || Job.isDigest(expect)) {
      return false;
    }
    Path expected = path(expect);
    for (String file : files.isEmpty() ? STDOUT : files) {
      if (isSame(expected, path(file))) {
        return true;
      }
    }
    return false;
  }

  private static Path path(String name) {
    try {
      return Path.of(name).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw problem(ProblemCode.PATH_MISSING, name, e);
    }
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return one.equals(other) || Files.isSameFile(one, other);
    } catch (IOException e) {
      return false; // one of them does not exist yet
    }
  }

  /**
   * Reads and validates the job.
   *
   * @param name a path, or {@code -}
   * @throws ProblemException {@code path.*}, {@code job.*}
   */
  static Job read(String name) {
    return new JobReader(name).read(bytes(name));
  }

  private static byte[] bytes(String name) {
    try (InputStream in = name.equals(STDIN) ? System.in : open(name)) {
      byte[] bytes = in.readNBytes(JobReader.MAX_BYTES + 1);
      if (bytes.length > JobReader.MAX_BYTES) {
        throw new ProblemException(
            Problem.at(
                ProblemCode.JOB_SYNTAX,
                name,
                "the job is longer than " + JobReader.MAX_BYTES + " bytes"));
      }
      return bytes;
    } catch (NoSuchFileException | InvalidPathException e) {
      throw problem(ProblemCode.PATH_MISSING, name, e);
    } catch (AccessDeniedException e) {
      throw problem(ProblemCode.PATH_PERMISSION, name, e);
    } catch (IOException e) {
      throw problem(ProblemCode.PATH_WRONG_TYPE, name, e);
    }
  }

  /**
   * Opens a regular file or a pipe of the shell, such as {@code <(...)}. Anything else could block
   * forever: a FIFO without a writer, a terminal, {@code /dev/zero}.
   */
  private static InputStream open(String name) throws IOException {
    Path path = Path.of(name);
    if (Files.exists(path) && !Files.isRegularFile(path) && !isDescriptor(path)) {
      throw new FileSystemException(
          name, null, "it is not a regular file; - takes the job from standard input");
    }
    return Files.newInputStream(path);
  }

  private static boolean isDescriptor(Path named) {
    Path path = named.toAbsolutePath().normalize();
    int names = path.getNameCount();
    boolean inFd = names > 2 && path.getName(names - 2).toString().equals("fd");
    return (path.startsWith("/proc") && inFd)
        || path.startsWith("/dev/fd")
        || path.equals(Path.of("/dev/stdin"));
  }

  private static ProblemException problem(ProblemCode code, String name, Exception e) {
    return new ProblemException(
        Problem.at(code, name, "cannot read the job " + name + ": " + Reasons.of(e)), e);
  }
}

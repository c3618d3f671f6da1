package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.Reasons;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A document in a file: written beside it, made durable, and then put in its place at once. A pipe
 * or a character device, such as {@code /dev/stdout}, is written to directly. It is compressed if
 * the name ends in {@code .gz}.
 */
final class FileDocument implements DocumentOutput {
  private static final String COMPRESSED = ".gz";

  private final Path target;
  private final @Nullable Path temporary;
  private final OutputStream file;
  private final OutputStream stream;
  private boolean committed;

  /**
   * Finds out that the file cannot be made before anything else is done.
   *
   * @param path as the user named it
   * @param inUse paths of the job, which no document may replace
   * @throws ProblemException {@code output.create}
   */
  FileDocument(String path, List<String> inUse) {
    try {
      Path named = Path.of(path);
      boolean replaceable =
          !isDescriptor(named) && (!Files.exists(named) || Files.isRegularFile(named));
      // The link in /proc to a pipe has no path behind it: only what is replaced is resolved.
      this.target = replaceable && Files.exists(named) ? named.toRealPath() : named;
      refuseToReplace(path, inUse);
      this.temporary = replaceable ? beside(target) : null;
      // Appending, so that `>> file` keeps what is there when it is named as /dev/stdout.
      OutputStream raw =
          temporary != null
              ? Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW)
              : new FileOutputStream(target.toFile(), true);
      this.file = path.endsWith(COMPRESSED) ? new QuickGzip(raw) : raw;
      this.stream = new ProblemStream(length -> file, e -> cannot(path, e));
    } catch (IOException | InvalidPathException e) {
      throw cannot(path, e);
    }
  }

  /** A file that the shell opened is written to, even if it could be replaced. */
  private static boolean isDescriptor(Path named) {
    Path path = named.toAbsolutePath().normalize();
    return path.startsWith("/proc")
        || List.of("/dev/stdout", "/dev/stderr").contains(path.toString())
        || path.startsWith("/dev/fd");
  }

  private void refuseToReplace(String path, List<String> inUse) throws IOException {
    for (String used : inUse) {
      Path other = Path.of(used);
      boolean same =
          (Files.exists(target) && Files.exists(other))
              ? Files.isSameFile(target, other)
              : target.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
      if (same) {
        throw new ProblemException(
            Problem.at(
                ProblemCode.OUTPUT_CREATE, path, "a document must not take the place of " + used));
      }
    }
    if (Files.exists(target) && isBlockDevice(target)) {
      throw new ProblemException(
          Problem.at(
              ProblemCode.OUTPUT_CREATE,
              path,
              path + " is a block device, and no document's place"));
    }
  }

  private static boolean isBlockDevice(Path path) throws IOException {
    int mode = (Integer) Files.getAttribute(path, "unix:mode");
    return (mode & 0170000) == 0060000;
  }

  private static Path beside(Path target) {
    String name = "." + target.getFileName() + "." + UUID.randomUUID() + ".tmp";
    return target.resolveSibling(name);
  }

  /** Half of a plan is digests, which no level compresses. */
  private static final class QuickGzip extends GZIPOutputStream {
    private static final int BUFFER_BYTES = 64 * 1024;

    QuickGzip(OutputStream raw) throws IOException {
      // Where there is no room, the first write says so, and not this.
      super(new BufferedOutputStream(raw, BUFFER_BYTES), BUFFER_BYTES);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  @Override
  public OutputStream stream() {
    return stream;
  }

  @Override
  public void commit() {
    try {
      file.close();
      if (temporary != null) {
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
          channel.force(true);
        }
        if (Files.exists(target)) {
          Files.setPosixFilePermissions(temporary, Files.getPosixFilePermissions(target));
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel folder = FileChannel.open(target.toAbsolutePath().getParent())) {
          folder.force(true);
        }
      }
      committed = true;
    } catch (IOException e) {
      throw cannot(target.toString(), e);
    }
  }

  @Override
  public void close() {
    if (committed || temporary == null) {
      return;
    }
    try {
      file.close();
    } catch (IOException | RuntimeException e) {
      // What could not be written is dropped in any case; a compressor that failed once says so
      // anew.
    }
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      throw cannot(target.toString(), e);
    }
  }

  static ProblemException cannot(String path, Exception e) {
    return new ProblemException(
        Problem.at(ProblemCode.OUTPUT_CREATE, path, "cannot write " + path + ": " + Reasons.of(e)),
        e);
  }
}

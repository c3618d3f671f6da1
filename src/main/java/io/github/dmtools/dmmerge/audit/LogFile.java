package io.github.dmtools.dmmerge.audit;

import io.github.dmtools.dmmerge.ownfile.AppendFile;
import io.github.dmtools.dmmerge.ownfile.FileTarget;
import io.github.dmtools.dmmerge.ownfile.FileTargets;
import io.github.dmtools.dmmerge.ownfile.TargetException;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.Reasons;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A locked log, open for appending. */
final class LogFile implements AutoCloseable {
  private static final int PIECE_BYTES = 1 << 20;

  private final FileTarget target;
  private final AppendFile file;

  /** The expected size in bytes. */
  private long size;

  private LogFile(FileTarget target, AppendFile file) throws TargetException {
    this.target = target;
    this.file = file;
    this.size = file.size();
  }

  /**
   * Opens the log, or creates it durably with mode 0600.
   *
   * @throws ProblemException {@code audit.open}; {@code audit.busy} if it is locked
   */
  static LogFile open(String named, FileTargets targets) {
    try {
      FileTarget target = targets.open(named);
      try {
        return open(named, target);
      } catch (TargetException | RuntimeException e) {
        target.close();
        throw e;
      }
    } catch (TargetException e) {
      throw problem(
          e.isTaken() ? ProblemCode.AUDIT_BUSY : ProblemCode.AUDIT_OPEN, named, "cannot open", e);
    }
  }

  private static LogFile open(String named, FileTarget target) throws TargetException {
    if (target.kind() != FileTarget.Kind.NOTHING && target.kind() != FileTarget.Kind.FILE) {
      throw TargetException.refused(
          "it is not a regular file", "name a regular file, or a new one");
    }
    AppendFile file = target.openForAppending();
    try {
      if (!file.tryLock()) {
        throw problem(ProblemCode.AUDIT_BUSY, named, "cannot lock", "another run is writing to it");
      }
      if (!file.isInPlace()) {
        throw problem(
            ProblemCode.AUDIT_BUSY, named, "cannot lock", "it was replaced while it was opened");
      }
      return new LogFile(target, file);
    } catch (TargetException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  Path path() {
    return Path.of(file.path());
  }

  long size() {
    return size;
  }

  /**
   * Reads exactly {@code length} bytes.
   *
   * @throws IOException also if the file is too short
   */
  byte[] read(long offset, int length) throws IOException {
    return file.read(offset, length);
  }

  void append(ByteBuffer bytes) throws IOException {
    int length = bytes.remaining();
    file.append(bytes);
    size += length;
  }

  void force() throws IOException {
    file.sync();
  }

  /** What another program did to the log: moved it or changed its size; null for nothing. */
  @Nullable String foreignChange() throws IOException {
    if (!file.isInPlace()) {
      return "it was moved or removed during the run";
    }
    return hasExpectedSize() ? null : "another program truncated it or wrote to it during the run";
  }

  /** True if no other program changed the size. */
  boolean hasExpectedSize() throws IOException {
    return file.size() == size;
  }

  /**
   * Moves everything from {@code offset} on into a new file beside the log. The copy is durable
   * before the log is truncated, so a kill in between loses nothing.
   *
   * @return the new file: the log's name and {@code .torn-1}, or the next free number
   */
  Path moveTail(long offset) throws IOException {
    for (int number = 1; ; number++) {
      AppendFile aside;
      try {
        aside = target.createBeside(TornFiles.INFIX + number);
      } catch (TargetException e) {
        if (e.isTaken()) {
          continue;
        }
        throw e;
      }
      try (aside) {
        copyFrom(offset, aside);
      } catch (IOException e) {
        aside.remove(); // the log still has everything
        throw e;
      }
      file.cutTo(offset);
      size = offset;
      return Path.of(aside.path());
    }
  }

  private void copyFrom(long offset, AppendFile copy) throws IOException {
    for (long at = offset; at < size; ) {
      byte[] piece = read(at, (int) Math.min(PIECE_BYTES, size - at));
      copy.append(ByteBuffer.wrap(piece));
      at += piece.length;
    }
    copy.sync();
  }

  @Override
  public void close() throws IOException {
    try (target) {
      file.close();
    }
  }

  static ProblemException problem(ProblemCode code, Object path, String what, Exception e) {
    String message = sentence(path, what, Reasons.of(e));
    Problem problem = Problem.at(code, path.toString(), message);
    if (e instanceof TargetException failed) {
      problem =
          new Problem(code, message, path.toString(), null, null, failed.errno(), failed.hint());
    }
    return new ProblemException(problem, e);
  }

  static ProblemException problem(ProblemCode code, Object path, String what, String why) {
    return new ProblemException(Problem.at(code, path.toString(), sentence(path, what, why)));
  }

  private static String sentence(Object path, String what, String why) {
    return what + " the audit log " + path + ": " + why;
  }
}

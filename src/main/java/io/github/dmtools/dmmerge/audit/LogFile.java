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

/** A log that is open for appending and locked. */
final class LogFile implements AutoCloseable {
  private static final int PIECE_BYTES = 1 << 20;

  private final FileTarget target;
  private final AppendFile file;

  /** What we know it to hold, in bytes. */
  private long size;

  private LogFile(FileTarget target, AppendFile file) throws TargetException {
    this.target = target;
    this.file = file;
    this.size = file.size();
  }

  /**
   * Opens the log, or makes it with mode 0600, durably.
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
      throw TargetException.refused("it is no regular file", "name a regular file, or a new one");
    }
    AppendFile file = target.openForAppending();
    try {
      if (!file.tryLock()) {
        throw problem(ProblemCode.AUDIT_BUSY, named, "cannot lock", "another run is writing to it");
      }
      if (!file.isInPlace()) {
        throw problem(ProblemCode.AUDIT_BUSY, named, "cannot lock", "somebody replaced it");
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
   * Reads the bytes at {@code offset}, which are there.
   *
   * @throws IOException also where the file ends before
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

  /** Why the log is no longer at its path or no longer has its size; null if it is unchanged. */
  @Nullable String lost() throws IOException {
    if (!file.isInPlace()) {
      return "its path no longer leads to it: somebody moved or removed it during the run";
    }
    return isWhole() ? null : "somebody else cut it or wrote to it during the run";
  }

  /** Whether it holds what we know it to hold, and no more. */
  boolean isWhole() throws IOException {
    return file.size() == size;
  }

  /**
   * Moves everything from {@code offset} on into a new file beside the log. It is durable there
   * before it is cut off here: killed in between, it is in both.
   *
   * @return the new file: the log's name and {@code .torn-1}, or the next number that is free
   */
  Path keepAside(long offset) throws IOException {
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
        aside.remove(); // half a copy; the log still has all of it
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

package io.github.dmtools.dmmerge.problem;

import org.jspecify.annotations.Nullable;

/**
 * One failure.
 *
 * @param message one sentence for people, without a full stop
 * @param path the file or device it is about
 * @param pointer JSON pointer into the job, where a field of it is at fault
 * @param offset byte offset in that file or device
 * @param errno the system's error number
 * @param ownHint the next step, where the code's usual one does not fit
 */
public record Problem(
    ProblemCode code,
    String message,
    @Nullable String path,
    @Nullable String pointer,
    @Nullable Long offset,
    @Nullable Integer errno,
    @Nullable String ownHint) {

  /** A problem whose next step is the code's usual one. */
  public Problem(
      ProblemCode code,
      String message,
      @Nullable String path,
      @Nullable String pointer,
      @Nullable Long offset,
      @Nullable Integer errno) {
    this(code, message, path, pointer, offset, errno, null);
  }

  /** A problem of which nothing but its message is known. */
  public static Problem of(ProblemCode code, String message) {
    return new Problem(code, message, null, null, null, null);
  }

  /** A problem with the file or device at {@code path}. */
  public static Problem at(ProblemCode code, String path, String message) {
    return new Problem(code, message, path, null, null, null);
  }

  /** A problem at a byte of the file or device at {@code path}. */
  public static Problem at(ProblemCode code, String path, long offset, String message) {
    return new Problem(code, message, path, null, offset, null);
  }

  /** The same problem under another code. */
  public Problem as(ProblemCode other) {
    return new Problem(other, message, path, pointer, offset, errno);
  }

  /** The same problem with a next step of its own; null keeps the usual one. */
  public Problem withHint(@Nullable String hint) {
    return new Problem(code, message, path, pointer, offset, errno, hint);
  }

  /** What to do next. */
  public String hint() {
    return ownHint == null ? code.hint() : ownHint;
  }

  /** The same problem as something that does not stop the run. */
  public Warning asWarning() {
    return new Warning(code.code(), message, path);
  }
}

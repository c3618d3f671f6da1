package io.github.dmtools.dmmerge.problem;

import org.jspecify.annotations.Nullable;

/**
 * A failure.
 *
 * @param message one sentence for people, without a full stop
 * @param path the file or device
 * @param pointer JSON pointer to the field of the job that is wrong
 * @param offset byte offset in the file or device
 * @param errno the system's error number
 * @param ownHint the next step; null for the code's usual one
 */
public record Problem(
    ProblemCode code,
    String message,
    @Nullable String path,
    @Nullable String pointer,
    @Nullable Long offset,
    @Nullable Integer errno,
    @Nullable String ownHint) {

  /** A problem with the code's usual next step. */
  public Problem(
      ProblemCode code,
      String message,
      @Nullable String path,
      @Nullable String pointer,
      @Nullable Long offset,
      @Nullable Integer errno) {
    this(code, message, path, pointer, offset, errno, null);
  }

  /** A problem with only a message. */
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

  /** The same problem with another next step; null for the usual one. */
  public Problem withHint(@Nullable String hint) {
    return new Problem(code, message, path, pointer, offset, errno, hint);
  }

  /** The next step for the operator. */
  public String hint() {
    return ownHint == null ? code.hint() : ownHint;
  }

  /** The same problem as a warning. */
  public Warning asWarning() {
    return new Warning(code.code(), message, path);
  }
}

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
 */
public record Problem(
    ProblemCode code,
    String message,
    @Nullable String path,
    @Nullable String pointer,
    @Nullable Long offset,
    @Nullable Integer errno) {

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

  /** The same problem as something that does not stop the run. */
  public Warning asWarning() {
    return new Warning(code.code(), message, path);
  }
}

package io.github.dmtools.dmmerge.ownfile;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file of our own cannot be made, opened or written. The message is the reason alone. */
public final class TargetException extends IOException {
  private static final long serialVersionUID = 1;

  private final @Nullable Integer errno;
  private final @Nullable String hint;
  private final boolean busy;
  private final boolean taken;

  private TargetException(
      String reason, @Nullable Integer errno, @Nullable String hint, boolean busy, boolean taken) {
    super(reason);
    this.errno = errno;
    this.hint = hint;
    this.busy = busy;
    this.taken = taken;
  }

  /** A system call failed. */
  public static TargetException failed(String reason, int errno) {
    return new TargetException(reason, errno, null, false, false);
  }

  /** We refuse. */
  public static TargetException refused(String reason, String hint) {
    return new TargetException(reason, null, hint, false, false);
  }

  /** Another run is writing it. */
  public static TargetException busy(String reason) {
    return new TargetException(reason, null, null, true, false);
  }

  /** Something else has the name. */
  public static TargetException taken(String reason, int errno, String hint) {
    return new TargetException(reason, errno, hint, false, true);
  }

  /** The system's error number; null if no system call failed. */
  public @Nullable Integer errno() {
    return errno;
  }

  /** The next step, where it is not the usual one. */
  public @Nullable String hint() {
    return hint;
  }

  public boolean isBusy() {
    return busy;
  }

  public boolean isTaken() {
    return taken;
  }
}

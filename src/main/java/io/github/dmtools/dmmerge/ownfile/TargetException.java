package io.github.dmtools.dmmerge.ownfile;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file cannot be created, opened or written. The message is only the reason. */
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

  /** The file is refused. */
  public static TargetException refused(String reason, String hint) {
    return new TargetException(reason, null, hint, false, false);
  }

  /** Another run is writing it. */
  public static TargetException busy(String reason) {
    return new TargetException(reason, null, null, true, false);
  }

  /** The name exists already. */
  public static TargetException taken(String reason, int errno, String hint) {
    return new TargetException(reason, errno, hint, false, true);
  }

  /** The system's error number; null if no system call failed. */
  public @Nullable Integer errno() {
    return errno;
  }

  /** The next step; null for the usual one. */
  public @Nullable String hint() {
    return hint;
  }

  /** True if another run is writing the file. */
  public boolean isBusy() {
    return busy;
  }

  /** True if the name exists already. */
  public boolean isTaken() {
    return taken;
  }
}

package io.github.dmtools.dmmerge.linux;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Retries while a device is busy: udev and LVM open devices briefly after each event. */
final class RetryWhileBusy {
  private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private RetryWhileBusy() {}

  /** Repeats a call while its result is refused, for up to a second; returns the last result. */
  static <T> T whileTrue(Supplier<T> call, Predicate<T> refused) {
    long start = System.nanoTime();
    T result = call.get();
    while (refused.test(result) && System.nanoTime() - start < MAX_NANOS) {
      LockSupport.parkNanos(PAUSE_NANOS);
      result = call.get();
    }
    return result;
  }
}

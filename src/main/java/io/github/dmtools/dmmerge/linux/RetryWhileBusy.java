package io.github.dmtools.dmmerge.linux;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Waits for those who have a device only for moments: udev and LVM look at one after each event.
 */
final class RetryWhileBusy {
  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private RetryWhileBusy() {}

  /** Asks again while the answer is a refusal, up to a second; returns the last answer. */
  static <T> T whileTrue(Supplier<T> question, Predicate<T> refused) {
    long start = System.nanoTime();
    T answer = question.get();
    while (refused.test(answer) && System.nanoTime() - start < MOST_NANOS) {
      LockSupport.parkNanos(PAUSE_NANOS);
      answer = question.get();
    }
    return answer;
  }
}

package io.github.dmtools.dmmerge.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition while a process is running. */
final class Await {
  /** Limit for a test that hangs: conditions take seconds, or minutes on a busy machine. */
  private static final long HANG_NANOS = TimeUnit.HOURS.toNanos(1);

  private Await() {}

  /** A condition to wait for. */
  interface Condition {
    boolean holds() throws IOException;
  }

  /** Returns once the condition holds; fails if the process ends before that. */
  static void until(Process process, String what, Condition condition) {
    long start = System.nanoTime();
    try {
      while (!condition.holds()) {
        if (!process.isAlive()) {
          throw new AssertionError("the process ended before " + what);
        }
        if (System.nanoTime() - start > HANG_NANOS) {
          process.destroyForcibly();
          throw new AssertionError("no sign of " + what);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.github.dmtools.dmmerge.cli.progress;

import java.util.concurrent.TimeUnit;

/** How fast a pass goes, and when it is worth saying so again. */
final class RateMeter {
  private final long total;
  private final long intervalNanos;
  private final long start = System.nanoTime();
  private long done;
  private long lastSaid = start;

  RateMeter(long total, long intervalMillis) {
    this.total = total;
    this.intervalNanos = TimeUnit.MILLISECONDS.toNanos(intervalMillis);
  }

  /** Adds what was done; true if the interval has passed since it was last true. */
  boolean advance(long bytes) {
    done += bytes;
    long now = System.nanoTime();
    if (now - lastSaid < intervalNanos) {
      return false;
    }
    lastSaid = now;
    return true;
  }

  long done() {
    return done;
  }

  long total() {
    return total;
  }

  double seconds() {
    return (System.nanoTime() - start) / 1e9;
  }

  /** Bytes a second since the start. */
  double rate() {
    return done / Math.max(seconds(), 1e-9);
  }

  /** Seconds left at that rate. */
  long secondsLeft() {
    return Math.round((total - done) / Math.max(rate(), 1));
  }

  int percent() {
    return total == 0 ? 100 : (int) (100.0 * done / total);
  }
}

package io.github.dmtools.dmmerge.cli.progress;

import java.util.concurrent.TimeUnit;

/** Measures the rate of a pass, and limits how often it is shown. */
final class RateMeter {
  private final long total;
  private final long intervalNanos;
  private final long start = System.nanoTime();
  private long done;
  private long lastShown = start;

  RateMeter(long total, long intervalMillis) {
    this.total = total;
    this.intervalNanos = TimeUnit.MILLISECONDS.toNanos(intervalMillis);
  }

  /** Adds bytes; true if the interval has passed since it last returned true. */
  boolean advance(long bytes) {
    done += bytes;
    long now = System.nanoTime();
    if (now - lastShown < intervalNanos) {
      return false;
    }
    lastShown = now;
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

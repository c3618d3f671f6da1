package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Rechecks the guards once a second while the origin is written: no claim prevents the creation of
 * a device-mapper device that shares its sectors.
 */
final class OriginWatch implements CancelSignal {
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final CancelSignal signal;
  private final JobSession session;
  private long lastNanos = System.nanoTime();
  private @Nullable Problem found;

  OriginWatch(CancelSignal signal, JobSession session) {
    this.signal = signal;
    this.session = session;
  }

  @Override
  public boolean isRaised() {
    return signal.isRaised() || (isDue() && recheck() != null);
  }

  private synchronized boolean isDue() {
    return found != null || System.nanoTime() - lastNanos >= INTERVAL_NANOS;
  }

  /** Rechecks the guards. Returns why the origin must no longer be written, or null. */
  synchronized @Nullable Problem recheck() {
    if (found == null) {
      try {
        session.requireStillFree();
      } catch (ProblemException e) {
        found = e.problem();
      }
      lastNanos = System.nanoTime();
    }
    return found;
  }

  @Override
  public synchronized Problem reason() {
    return found == null ? signal.reason() : found;
  }
}

package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Checks the guards again once a second while the origin is written: a device-mapper device that is
 * made meanwhile can reach its sectors, and no claim keeps anybody from making one.
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
    return signal.isRaised() || (isDue() && look() != null);
  }

  private synchronized boolean isDue() {
    return found != null || System.nanoTime() - lastNanos >= INTERVAL_NANOS;
  }

  /** What forbids to write to the origin by now; null if nothing does. */
  synchronized @Nullable Problem look() {
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

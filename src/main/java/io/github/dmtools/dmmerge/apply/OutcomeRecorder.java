package io.github.dmtools.dmmerge.apply;

import io.github.dmtools.dmmerge.copy.Window;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.plan.MappingSample;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import org.jspecify.annotations.Nullable;

/** What became of everything so far: what the report will say. */
final class OutcomeRecorder {
  private static final Problem NOT_DURABLE =
      Problem.of(ProblemCode.DEVICE_BARRIER, "written, but the barrier after it failed");

  private final MappingSample mappings;
  private final OutcomeCounts counts;
  private final RangeLog failures = new RangeLog();
  private RangeLog sinceBarrier = new RangeLog();
  private boolean changed;
  private boolean dirty;
  private boolean foundEqual;
  private boolean exceptionPending;
  private long exceptionBytes;

  OutcomeRecorder(ExceptionStore store, int maxMappings) {
    this.mappings = new MappingSample(store.chunkSize(), maxMappings);
    this.counts = new OutcomeCounts(store.exceptions(), store.bytes());
  }

  /** Bytes of the origin are about to be changed. */
  void writing() {
    changed = true;
    dirty = true;
  }

  /**
   * Whether something may be called done that no barrier follows: what was written since the last
   * one, and be it a part of a piece, and what was found equal. That may be the work of a run that
   * was killed before its barrier, and lie in the page cache alone.
   */
  boolean needsBarrier() {
    return dirty || foundEqual;
  }

  /** Bytes that were written since the last barrier. */
  long pendingBytes() {
    return counts.pendingBytes();
  }

  /** Enters a window that was compared, and written where it differed. */
  void enter(Window window) {
    for (int slot = 0; slot < window.size(); slot++) {
      Problem problem = window.problem(slot);
      OutcomeCounts.Disposition disposition = OutcomeCounts.Disposition.UNCHANGED;
      foundEqual |= problem == null && !window.isPending(slot);
      if (problem != null) {
        disposition = OutcomeCounts.Disposition.FAILED;
        failures.add(FailedRange.of(window, slot, problem));
      } else if (window.isPending(slot)) {
        disposition = OutcomeCounts.Disposition.WRITTEN;
        sinceBarrier.add(FailedRange.of(window, slot, NOT_DURABLE));
      }
      counts.add(disposition, window.bytes(slot), window.isLast(slot));
      sample(window, slot);
    }
    if (!dirty) {
      // An exception ended here whose last write had its barrier already.
      counts.markDurable();
    }
  }

  /** Enters only the failures of a window of which nothing was written. */
  void enterFailures(Window window) {
    for (int slot = 0; slot < window.size(); slot++) {
      Problem problem = window.problem(slot);
      if (problem != null) {
        failures.add(FailedRange.of(window, slot, problem));
        counts.add(OutcomeCounts.Disposition.FAILED, window.bytes(slot), window.isLast(slot));
      }
    }
  }

  private void sample(Window window, int slot) {
    exceptionPending |= window.isPending(slot);
    exceptionBytes += window.bytes(slot);
    if (window.isLast(slot)) {
      if (exceptionPending) {
        mappings.add(
            window.index(slot), window.oldChunk(slot), window.newChunk(slot), exceptionBytes);
      }
      exceptionPending = false;
      exceptionBytes = 0;
    }
  }

  /** A barrier succeeded: what was written is durable. */
  void markDurable() {
    dirty = false;
    foundEqual = false;
    counts.markDurable();
    sinceBarrier = new RangeLog();
  }

  /** A barrier failed: nothing that was written since the one before is known to be durable. */
  void failPending() {
    dirty = false;
    foundEqual = false;
    counts.failPending();
    failures.addAll(sinceBarrier);
    sinceBarrier = new RangeLog();
  }

  /** Whether so much failed that the device is given up. */
  boolean isFull() {
    return failures.isFull();
  }

  @Nullable Problem firstFailure() {
    return failures.ranges().isEmpty() ? null : failures.ranges().get(0).problem();
  }

  ApplyOutcome outcome(@Nullable Problem problem) {
    return new ApplyOutcome(
        changed,
        counts.exceptions(),
        counts.bytes(),
        mappings.mappings(),
        mappings.omitted(),
        failures.ranges(),
        failures.omitted(),
        problem);
  }
}

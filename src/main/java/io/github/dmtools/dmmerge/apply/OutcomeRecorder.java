package io.github.dmtools.dmmerge.apply;

import io.github.dmtools.dmmerge.copy.Window;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.plan.MappingSample;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import org.jspecify.annotations.Nullable;

/** Records the outcome of a run for the report. */
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

  /** Call before the origin is written. */
  void beforeWrite() {
    changed = true;
    dirty = true;
  }

  /**
   * True if anything reported as done may not be durable yet: data written since the last barrier,
   * even part of a piece, and data found equal. A killed run may have left that in the page cache.
   */
  boolean needsBarrier() {
    return dirty || foundEqual;
  }

  /** Bytes written since the last barrier. */
  long pendingBytes() {
    return counts.pendingBytes();
  }

  /** Records a window whose pending pieces were written. */
  void record(Window window) {
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
      // The last piece of an exception may end here whose other pieces are durable already.
      counts.markDurable();
    }
  }

  /** Records the failures of a window that was not written. */
  void recordFailures(Window window) {
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

  /** Call after a successful barrier. */
  void markDurable() {
    dirty = false;
    foundEqual = false;
    counts.markDurable();
    sinceBarrier = new RangeLog();
  }

  /** Call after a failed barrier: nothing written since the last one is known to be durable. */
  void failPending() {
    dirty = false;
    foundEqual = false;
    counts.failPending();
    failures.addAll(sinceBarrier);
    sinceBarrier = new RangeLog();
  }

  /** True if so many ranges failed that the run gives up. */
  boolean hasTooManyFailures() {
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

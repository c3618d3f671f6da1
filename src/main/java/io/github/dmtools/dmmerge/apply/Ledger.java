package io.github.dmtools.dmmerge.apply;

import io.github.dmtools.dmmerge.copy.Window;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.plan.MappingSample;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import org.jspecify.annotations.Nullable;

/** What became of everything so far: what the report will say. */
final class Ledger {
  private static final Problem NOT_DURABLE =
      Problem.of(ProblemCode.DEVICE_BARRIER, "written, but the barrier behind it failed");

  private final MappingSample mappings;
  private final Tally tally;
  private final RangeLog failures = new RangeLog();
  private RangeLog sinceBarrier = new RangeLog();
  private boolean changed;
  private boolean dirty;
  private boolean foundEqual;
  private boolean exceptionPending;
  private long exceptionBytes;

  Ledger(ExceptionStore store, int maxMappings) {
    this.mappings = new MappingSample(store.chunkSize(), maxMappings);
    this.tally = new Tally(store.exceptions(), store.bytes());
  }

  /** Bytes of the origin are about to be changed. */
  void writing() {
    changed = true;
    dirty = true;
  }

  /**
   * Whether something may be called done that no barrier is behind: what was written since the last
   * one, and be it a part of a piece, and what was found equal. That may be the work of a run that
   * was killed before its barrier, and lie in the page cache alone.
   */
  boolean needsBarrier() {
    return dirty || foundEqual;
  }

  /** Bytes that were written since the last barrier. */
  long unsettledBytes() {
    return tally.unsettledBytes();
  }

  /** Enters a portion that was compared, and written where it differed. */
  void enter(Portion portion) {
    Window window = portion.window();
    for (int slot = 0; slot < window.size(); slot++) {
      Problem problem = portion.problem(slot);
      Tally.Fate fate = Tally.Fate.UNCHANGED;
      foundEqual |= problem == null && !portion.isPending(slot);
      if (problem != null) {
        fate = Tally.Fate.FAILED;
        failures.add(portion.range(slot, problem));
      } else if (portion.isPending(slot)) {
        fate = Tally.Fate.WRITTEN;
        sinceBarrier.add(portion.range(slot, NOT_DURABLE));
      }
      tally.add(fate, window.bytes(slot), window.isLast(slot));
      sample(portion, slot);
    }
    if (!dirty) {
      // An exception ended here whose last write had its barrier already.
      tally.settle();
    }
  }

  /** Enters the failures alone of a portion of which nothing was written. */
  void enterFailures(Portion portion) {
    Window window = portion.window();
    for (int slot = 0; slot < window.size(); slot++) {
      Problem problem = portion.problem(slot);
      if (problem != null) {
        failures.add(portion.range(slot, problem));
        tally.add(Tally.Fate.FAILED, window.bytes(slot), window.isLast(slot));
      }
    }
  }

  private void sample(Portion portion, int slot) {
    Window window = portion.window();
    exceptionPending |= portion.isPending(slot);
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
  void settle() {
    dirty = false;
    foundEqual = false;
    tally.settle();
    sinceBarrier = new RangeLog();
  }

  /** A barrier failed: nothing that was written since the one before is known to be durable. */
  void failUnsettled() {
    dirty = false;
    foundEqual = false;
    tally.failUnsettled();
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
        tally.exceptions(),
        tally.bytes(),
        mappings.mappings(),
        mappings.omitted(),
        failures.ranges(),
        failures.omitted(),
        problem);
  }
}

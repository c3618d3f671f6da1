package io.github.dmtools.dmmerge.apply;

import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.plan.MappingSample;
import io.github.dmtools.dmmerge.plan.PieceCursor;
import io.github.dmtools.dmmerge.plan.Progress;
import io.github.dmtools.dmmerge.plan.Side;
import io.github.dmtools.dmmerge.plan.Window;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes into the origin what differs from the store, window by window, and ends with a barrier. A
 * piece that cannot be copied does not stop the others. Running it again writes nothing.
 */
public final class Applier {
  private static final Problem NOT_DURABLE =
      Problem.of(ProblemCode.DEVICE_BARRIER, "written, but the barrier behind it failed");

  private final ExceptionStore store;
  private final BlockDevice origin;
  private final MappingSample mappings;
  private final Tally tally;
  private final RangeLog failures = new RangeLog();
  private final RangeLog sinceBarrier = new RangeLog();
  private final Window window;
  private final boolean[] pending;
  private final @Nullable Problem[] problems;
  private boolean changed;
  private boolean exceptionPending;
  private long exceptionBytes;

  /**
   * @param origin opened for writing, every guard passed
   * @param maxMappings how many pending mappings the outcome names
   */
  public Applier(ExceptionStore store, BlockDevice origin, int maxMappings) {
    this.store = store;
    this.origin = origin;
    this.mappings = new MappingSample(store.chunkSize(), maxMappings);
    this.tally = new Tally(store.exceptions(), store.bytes());
    this.window = new Window(store, origin);
    this.pending = new boolean[window.capacity()];
    this.problems = new Problem[window.capacity()];
  }

  /** Carries the store's whole table out. Failures are in the outcome, never thrown. */
  public ApplyOutcome run(Progress progress, CancelSignal cancel) {
    Problem stopped = writeWindows(progress, cancel);
    Problem barrier = barrier();
    Problem failed = !failures.ranges().isEmpty() ? firstFailure() : null;
    return new ApplyOutcome(
        changed,
        tally.exceptions(),
        tally.bytes(),
        mappings.mappings(),
        mappings.omitted(),
        failures.ranges(),
        failures.omitted(),
        barrier != null ? barrier : failed != null ? failed : stopped);
  }

  /** Returns why it stopped before the end of the table, or null. */
  private @Nullable Problem writeWindows(Progress progress, CancelSignal cancel) {
    PieceCursor pieces = new PieceCursor(store, origin);
    try {
      while (!cancel.isRaised() || tally.exceptions().pending() == 0) {
        Arrays.fill(problems, null);
        if (!window.fill(pieces, this::keepFirst)) {
          return null;
        }
        writePending();
        account(progress);
        if (failures.isFull()) {
          return firstFailure();
        }
      }
    } catch (ProblemException e) {
      return e.problem();
    } catch (OutOfMemoryError e) {
      return Problem.of(ProblemCode.INTERNAL_MEMORY, "Java ran out of memory");
    } catch (RuntimeException e) {
      // Even then: what was written needs its barrier, and the operator the truth about it.
      return Problem.of(ProblemCode.INTERNAL_BUG, "a bug in dm-merge: " + e);
    }
    return Problem.of(
        ProblemCode.RUN_INTERRUPTED,
        "interrupted by a signal; what the report calls written is durable");
  }

  private void keepFirst(int slot, Problem problem) {
    if (problems[slot] == null) {
      problems[slot] = problem;
    }
  }

  private void writePending() {
    boolean any = false;
    for (int slot = 0; slot < window.size(); slot++) {
      pending[slot] = problems[slot] == null && window.differs(slot);
      any |= pending[slot];
    }
    if (any) {
      changed = true;
      Side target = window.overlay(pending);
      target.write(origin, slot -> pending[slot], this::keepFirst);
    }
  }

  private void account(Progress progress) {
    for (int slot = 0; slot < window.size(); slot++) {
      Problem problem = problems[slot];
      Tally.Fate fate = Tally.Fate.UNCHANGED;
      if (problem != null) {
        fate = Tally.Fate.FAILED;
        failures.add(range(slot, problem));
      } else if (pending[slot]) {
        fate = Tally.Fate.WRITTEN;
        sinceBarrier.add(range(slot, NOT_DURABLE));
      }
      tally.add(fate, window.bytes(slot), window.isLast(slot));
      sample(slot);
      progress.advance(window.bytes(slot));
    }
  }

  private void sample(int slot) {
    exceptionPending |= pending[slot];
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

  private FailedRange range(int slot, Problem problem) {
    return new FailedRange(
        window.originOffset(slot), window.storeOffset(slot), window.bytes(slot), problem);
  }

  private Problem firstFailure() {
    return failures.ranges().get(0).problem();
  }

  private @Nullable Problem barrier() {
    if (!changed) {
      return null;
    }
    try {
      origin.barrier();
      return null;
    } catch (ProblemException e) {
      tally.failWritten();
      failures.addAll(sinceBarrier);
      origin.forgetCaches();
      return e.problem();
    }
  }
}

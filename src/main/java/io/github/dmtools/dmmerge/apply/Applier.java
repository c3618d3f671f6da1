package io.github.dmtools.dmmerge.apply;

import io.github.dmtools.dmmerge.copy.OriginOrder;
import io.github.dmtools.dmmerge.copy.PieceCursor;
import io.github.dmtools.dmmerge.copy.Progress;
import io.github.dmtools.dmmerge.copy.ReadAhead;
import io.github.dmtools.dmmerge.copy.TableOrder;
import io.github.dmtools.dmmerge.copy.TransferPool;
import io.github.dmtools.dmmerge.copy.Window;
import io.github.dmtools.dmmerge.copy.WindowSums;
import io.github.dmtools.dmmerge.copy.Writeback;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes into the origin what differs from the store, portion by portion, and ends with a barrier.
 * While one portion is written the next one is read. A piece that cannot be copied does not stop
 * the others. Running it again writes nothing.
 */
public final class Applier {
  /**
   * With a journal, how much is written before the next barrier: a disk takes writes in its own
   * order, and the more of them it has the fewer seeks they cost.
   */
  private static final long BATCH_BYTES = 1L << 30;

  private final ExceptionStore store;
  private final BlockDevice origin;
  private final List<RunJournal> journals;
  private final @Nullable WindowSums approved;
  private final boolean sharing;
  private final boolean inOriginOrder;
  private final int windowBytes;
  private final long cacheBytes;
  private final OutcomeRecorder recorder;
  private @Nullable Problem failedBarrier;

  /**
   * @param origin opened for writing, every guard passed
   * @param journals are told of every portion, in this order
   * @param approved what the store held when it was checked, and must hold still; null if any is
   *     fine
   * @param sharing whether the origin may get the store's blocks themselves where nobody was told
   *     of bytes or approved of them
   * @param maxMappings how many pending mappings the outcome names
   */
  public Applier(
      ExceptionStore store,
      BlockDevice origin,
      List<RunJournal> journals,
      @Nullable WindowSums approved,
      boolean sharing,
      int maxMappings) {
    // A guess: Java's own bound is a quarter of most machines' memory, or of the container's.
    this(store, origin, journals, approved, sharing, maxMappings, Runtime.getRuntime().maxMemory());
  }

  /** With a page cache of a certain size. */
  Applier(
      ExceptionStore store,
      BlockDevice origin,
      List<RunJournal> journals,
      @Nullable WindowSums approved,
      boolean sharing,
      int maxMappings,
      long cacheBytes) {
    this.store = store;
    this.origin = origin;
    this.journals = List.copyOf(journals);
    this.approved = approved;
    // Otherwise what was told or approved of is written, and not what the store holds by now.
    this.sharing = sharing && journals.isEmpty() && approved == null;
    // What was approved of is checked again as it was checked: in the table's order.
    this.inOriginOrder = approved == null && OriginOrder.suits(store);
    // Large ones have more that lies together, and more for a queue that is waited for.
    boolean small = inOriginOrder && this.journals.isEmpty() && !origin.direct();
    this.windowBytes = small ? Window.SMALL_BYTES : Window.LARGE_BYTES;
    this.cacheBytes = cacheBytes;
    this.recorder = new OutcomeRecorder(store, maxMappings);
  }

  /** Carries the store's whole table out. Failures are in the outcome, never thrown. */
  public ApplyOutcome run(Progress progress, CancelSignal cancel) {
    Problem stopped = applyPortions(progress, cancel);
    Problem untold = recorder.needsBarrier() ? lastBarrier() : null;
    return recorder.outcome(worst(stopped != null ? stopped : untold));
  }

  /** Returns why a journal could not be told of it, or null. */
  private @Nullable Problem lastBarrier() {
    try {
      barrier();
      return null;
    } catch (Error | RuntimeException e) {
      return problemOf(e);
    }
  }

  /** A barrier that failed says most, then why the rest was left, then what failed on the way. */
  private @Nullable Problem worst(@Nullable Problem stopped) {
    if (failedBarrier != null) {
      return failedBarrier;
    }
    boolean gaveUp = stopped != null && stopped.code() != ProblemCode.RUN_INTERRUPTED;
    Problem failed = recorder.firstFailure();
    return gaveUp || failed == null ? stopped : failed;
  }

  /** Returns why it stopped before the end of the table, or null. */
  private @Nullable Problem applyPortions(Progress progress, CancelSignal cancel) {
    PieceCursor pieces =
        inOriginOrder ? new OriginOrder(store, cacheBytes, cancel) : new TableOrder(store);
    try (TransferPool pool = new TransferPool();
        Writeback writeback = new Writeback(origin, pool);
        ReadAhead<ComparedWindow> portions =
            new ReadAhead<>(
                pieces::hasNext, this::newPortion, portion -> portion.fill(pieces, pool), pool)) {
      int number = 0;
      for (ComparedWindow next = portions.next(); next != null; next = portions.next()) {
        if (cancel.isRaised()) {
          return cancel.reason();
        }
        portions.readOn();
        Problem stopped = commit(next, number++, pool);
        progress.advance(next.bytes());
        if (stopped != null) {
          return stopped;
        }
        if (next.anyPending() && !origin.direct()) {
          writeback.begin(next.denseSpans());
        }
      }
      return null;
    } catch (Error | RuntimeException e) {
      return problemOf(e);
    }
  }

  private ComparedWindow newPortion() {
    return new ComparedWindow(
        store,
        origin,
        windowBytes,
        journals.stream().anyMatch(RunJournal::readsExtents),
        journals.stream().anyMatch(RunJournal::readsSums));
  }

  /** Even then: what was written needs its barrier, and the operator the truth about it. */
  private static Problem problemOf(Throwable e) {
    if (e instanceof ProblemException known) {
      return known.problem();
    }
    return e instanceof OutOfMemoryError
        ? Problem.of(ProblemCode.INTERNAL_MEMORY, "Java ran out of memory")
        : Problem.of(ProblemCode.INTERNAL_BUG, "a bug in dm-merge: " + e);
  }

  /**
   * Returns why the run must end after this portion, or null.
   *
   * @param number of its window, from 0
   */
  private @Nullable Problem commit(ComparedWindow portion, int number, TransferPool pool) {
    Problem changed = approved == null ? null : notApproved(portion, number, approved);
    if (changed != null) {
      recorder.enterFailures(portion);
      return changed;
    }
    if (portion.anyPending()) {
      for (RunJournal journal : journals) {
        journal.before(portion);
      }
      recorder.writing();
      portion.write(origin, sharing, pool);
    }
    recorder.enter(portion);
    if (portion.anyPending()) {
      List<FailedRange> failures = portion.writeFailures();
      for (RunJournal journal : journals) {
        journal.after(portion, failures);
      }
    }
    if (!journals.isEmpty() && recorder.pendingBytes() >= BATCH_BYTES && !barrier()) {
      return failedBarrier;
    }
    return recorder.isFull() ? recorder.firstFailure() : null;
  }

  /** What was checked is what is written, or nothing is. */
  private @Nullable Problem notApproved(ComparedWindow portion, int number, WindowSums sums) {
    Problem unread = portion.firstProblem();
    if (unread != null) {
      return unread;
    }
    if (sums.matches(number, portion.window())) {
      return null;
    }
    return Problem.at(
        ProblemCode.STORE_CHANGED,
        store.device().path(),
        portion.window().storeOffset(0),
        "the data of " + store.device().path() + " changed since it was checked");
  }

  /** Ends a batch. Returns whether it is durable. */
  private boolean barrier() {
    try {
      origin.barrier();
      recorder.markDurable();
    } catch (ProblemException e) {
      recorder.failPending();
      origin.dropCaches();
      failedBarrier = e.problem();
    }
    for (RunJournal journal : journals) {
      journal.barrier(failedBarrier);
    }
    return failedBarrier == null;
  }
}

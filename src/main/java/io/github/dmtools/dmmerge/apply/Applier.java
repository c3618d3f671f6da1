package io.github.dmtools.dmmerge.apply;

import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.plan.PieceCursor;
import io.github.dmtools.dmmerge.plan.Progress;
import io.github.dmtools.dmmerge.plan.WindowSums;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes into the origin what differs from the store, batch by batch, and ends with a barrier.
 * While one batch is written the next one is read. A piece that cannot be copied does not stop the
 * others. Running it again writes nothing.
 */
public final class Applier {
  private final ExceptionStore store;
  private final BlockDevice origin;
  private final List<BatchJournal> journals;
  private final @Nullable WindowSums approved;
  private final Ledger ledger;
  private @Nullable Problem failedBarrier;

  /**
   * @param origin opened for writing, every guard passed
   * @param journals are told of every batch, in this order
   * @param approved what the store held when it was checked, and must hold still; null if any is
   *     fine
   * @param maxMappings how many pending mappings the outcome names
   */
  public Applier(
      ExceptionStore store,
      BlockDevice origin,
      List<BatchJournal> journals,
      @Nullable WindowSums approved,
      int maxMappings) {
    this.store = store;
    this.origin = origin;
    this.journals = List.copyOf(journals);
    this.approved = approved;
    this.ledger = new Ledger(store, maxMappings);
  }

  /** Carries the store's whole table out. Failures are in the outcome, never thrown. */
  public ApplyOutcome run(Progress progress, CancelSignal cancel) {
    Problem stopped = applyBatches(progress, cancel);
    if (ledger.needsBarrier()) {
      barrier();
    }
    return ledger.outcome(worst(stopped));
  }

  /** A barrier that failed says most, then why the rest was left, then what failed on the way. */
  private @Nullable Problem worst(@Nullable Problem stopped) {
    if (failedBarrier != null) {
      return failedBarrier;
    }
    boolean gaveUp = stopped != null && stopped.code() != ProblemCode.RUN_INTERRUPTED;
    Problem failed = ledger.firstFailure();
    return gaveUp || failed == null ? stopped : failed;
  }

  /** Returns why it stopped before the end of the table, or null. */
  private @Nullable Problem applyBatches(Progress progress, CancelSignal cancel) {
    try (Committer committer = new Committer(this::commit, progress)) {
      Problem unread = readBatches(committer, cancel);
      // What the batch before says comes first: it happened first.
      Problem uncommitted = committer.await();
      return uncommitted != null ? uncommitted : unread;
    } catch (OutOfMemoryError | RuntimeException e) {
      return problemOf(e);
    }
  }

  /** Hands one batch after the other to the committer. Returns why it stopped, or null. */
  private @Nullable Problem readBatches(Committer committer, CancelSignal cancel) {
    try {
      PieceCursor pieces = new PieceCursor(store);
      Batch[] batches = {newBatch(), null};
      for (int number = 0; pieces.hasNext(); number++) {
        if (cancel.isRaised()) {
          return interrupted();
        }
        Batch batch = batches[number % 2];
        if (batch == null) {
          batch = newBatch();
          batches[number % 2] = batch;
        }
        batch.fill(pieces, number);
        if (committer.await() != null) {
          return null;
        }
        if (cancel.isRaised()) {
          return interrupted();
        }
        committer.commit(batch);
      }
      return null;
    } catch (OutOfMemoryError | RuntimeException e) {
      return problemOf(e);
    }
  }

  private static Problem interrupted() {
    return Problem.of(
        ProblemCode.RUN_INTERRUPTED,
        "interrupted by a signal; what the report calls written is durable");
  }

  private Batch newBatch() {
    return new Batch(store, origin, !journals.isEmpty());
  }

  /** Even then: what was written needs its barrier, and the operator the truth about it. */
  static Problem problemOf(Throwable e) {
    if (e instanceof ProblemException known) {
      return known.problem();
    }
    return e instanceof OutOfMemoryError
        ? Problem.of(ProblemCode.INTERNAL_MEMORY, "Java ran out of memory")
        : Problem.of(ProblemCode.INTERNAL_BUG, "a bug in dm-merge: " + e);
  }

  /** Returns why the run must end behind this batch, or null. */
  private @Nullable Problem commit(Batch batch) {
    Problem changed = approved == null ? null : notApproved(batch, approved);
    if (changed != null) {
      ledger.enterFailures(batch);
      return changed;
    }
    Problem barrier = null;
    if (batch.anyPending()) {
      for (BatchJournal journal : journals) {
        journal.before(batch);
      }
      ledger.writing();
      batch.write(origin);
    }
    ledger.enter(batch);
    if (batch.anyPending() && !journals.isEmpty()) {
      barrier = barrier();
      List<FailedRange> failures = batch.writeFailures();
      for (BatchJournal journal : journals) {
        journal.after(batch, failures, barrier);
      }
    }
    return barrier != null ? barrier : ledger.isFull() ? ledger.firstFailure() : null;
  }

  /** What was checked is what is written, or nothing is. */
  private @Nullable Problem notApproved(Batch batch, WindowSums sums) {
    Problem unread = batch.firstProblem();
    if (unread != null) {
      return unread;
    }
    if (sums.matches(batch.number(), batch.window())) {
      return null;
    }
    return Problem.at(
        ProblemCode.STORE_CHANGED,
        store.device().path(),
        batch.window().storeOffset(0),
        "the data of " + store.device().path() + " changed since it was checked");
  }

  private @Nullable Problem barrier() {
    try {
      origin.barrier();
      ledger.settle();
      return null;
    } catch (ProblemException e) {
      ledger.failUnsettled();
      origin.forgetCaches();
      failedBarrier = e.problem();
      return failedBarrier;
    }
  }
}

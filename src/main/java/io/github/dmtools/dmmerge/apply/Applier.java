package io.github.dmtools.dmmerge.apply;

import io.github.dmtools.dmmerge.copy.OriginOrder;
import io.github.dmtools.dmmerge.copy.PieceCursor;
import io.github.dmtools.dmmerge.copy.Progress;
import io.github.dmtools.dmmerge.copy.ReadAhead;
import io.github.dmtools.dmmerge.copy.StoreDigests;
import io.github.dmtools.dmmerge.copy.TableOrder;
import io.github.dmtools.dmmerge.copy.TransferPool;
import io.github.dmtools.dmmerge.copy.Window;
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
 * Copies the pieces that differ from the store to the origin, window by window, and ends with a
 * barrier. The next window is read while the current one is written. A piece that cannot be copied
 * does not stop the others. A second run writes nothing.
 */
public final class Applier {
  /**
   * Batch size with a journal, in bytes. A disk sorts the writes between two barriers, so large
   * batches cost fewer seeks.
   */
  private static final long BATCH_BYTES = 1L << 30;

  private final ExceptionStore store;
  private final BlockDevice origin;
  private final List<RunJournal> journals;
  private final @Nullable StoreDigests approved;
  private final boolean sharing;
  private final boolean inOriginOrder;
  private final int windowBytes;
  // An estimate: by default Java's limit is a quarter of the memory of the machine or container.
  private long cacheBytes = Runtime.getRuntime().maxMemory();
  private final OutcomeRecorder recorder;
  private @Nullable Problem failedBarrier;

  /**
   * @param origin opened for writing, every guard passed
   * @param journals called for every window, in this order
   * @param approved digests of the data that may be written; null if any data may be
   * @param sharing whether to share the store's blocks with the origin; has no effect with journals
   *     or approved data
   * @param maxMappings maximum number of pending mappings in the outcome
   */
  public Applier(
      ExceptionStore store,
      BlockDevice origin,
      List<RunJournal> journals,
      @Nullable StoreDigests approved,
      boolean sharing,
      int maxMappings) {
    this.store = store;
    this.origin = origin;
    this.journals = List.copyOf(journals);
    this.approved = approved;
    // Shared blocks have the store's current content, not the bytes that were journaled or
    // approved.
    this.sharing = sharing && journals.isEmpty() && approved == null;
    this.inOriginOrder =
        OriginOrder.supports(store) && (approved == null || approved.allowsAnyOrder());
    // Large windows have more adjacent pieces, and fill the queue of a device that is waited for.
    boolean small = inOriginOrder && this.journals.isEmpty() && !origin.direct();
    this.windowBytes = small ? Window.SMALL_BYTES : Window.LARGE_BYTES;
    this.recorder = new OutcomeRecorder(store, maxMappings);
  }

  /** Sets how much of the store the page cache is expected to hold. */
  void expectCache(long bytes) {
    cacheBytes = bytes;
  }

  /** Applies the whole table. Failures are returned in the outcome, never thrown. */
  public ApplyOutcome run(Progress progress, CancelSignal cancel) {
    Problem stopped = applyWindows(progress, cancel);
    Problem journalProblem = recorder.needsBarrier() ? finalBarrier() : null;
    return recorder.outcome(mostSevere(stopped != null ? stopped : journalProblem));
  }

  /** Returns the problem of a journal, or null. */
  private @Nullable Problem finalBarrier() {
    try {
      barrier();
      return null;
    } catch (Error | RuntimeException e) {
      return problemOf(e);
    }
  }

  /** A failed barrier is the most severe, then what stopped the run, then a failed piece. */
  private @Nullable Problem mostSevere(@Nullable Problem stopped) {
    if (failedBarrier != null) {
      return failedBarrier;
    }
    boolean failedEarly = stopped != null && stopped.code() != ProblemCode.RUN_INTERRUPTED;
    Problem failed = recorder.firstFailure();
    return failedEarly || failed == null ? stopped : failed;
  }

  /** Returns why the run stopped before the end of the table, or null. */
  private @Nullable Problem applyWindows(Progress progress, CancelSignal cancel) {
    PieceCursor pieces =
        inOriginOrder ? new OriginOrder(store, cacheBytes, cancel) : new TableOrder(store);
    try (TransferPool pool = new TransferPool();
        Writeback writeback = new Writeback(origin, pool);
        ReadAhead<ComparedWindow> windows =
            new ReadAhead<>(
                pieces::hasNext, this::newWindow, next -> next.fill(pieces, pool), pool)) {
      for (ComparedWindow next = windows.next(); next != null; next = windows.next()) {
        if (cancel.isRaised()) {
          return cancel.reason();
        }
        windows.startNext();
        Problem stopped = commit(next, pool);
        progress.advance(next.window().bytes());
        if (stopped != null) {
          return stopped;
        }
        if (next.window().anyPending() && !origin.direct()) {
          writeback.start(next.window().denseSpans());
        }
      }
      return null;
    } catch (Error | RuntimeException e) {
      return problemOf(e);
    }
  }

  private ComparedWindow newWindow() {
    return new ComparedWindow(new Window(store, origin, windowBytes), approved, journals);
  }

  /** Even after a bug, the final barrier must run and the outcome must be reported. */
  private static Problem problemOf(Throwable e) {
    if (e instanceof ProblemException known) {
      return known.problem();
    }
    return e instanceof OutOfMemoryError
        ? Problem.of(ProblemCode.INTERNAL_MEMORY, "Java ran out of memory")
        : Problem.of(ProblemCode.INTERNAL_BUG, "a bug in dm-merge: " + e);
  }

  /** Returns why the run must stop after this window, or null. */
  private @Nullable Problem commit(ComparedWindow next, TransferPool pool) {
    Window window = next.window();
    if (!next.isApproved()) {
      recorder.recordFailures(window);
      Problem readProblem = window.firstProblem();
      return readProblem == null ? storeChanged(window) : readProblem;
    }
    if (window.anyPending()) {
      for (RunJournal journal : journals) {
        journal.beforeWrite(next);
      }
      recorder.beforeWrite();
      window.writePending(origin, sharing, pool);
    }
    recorder.record(window);
    if (window.anyPending()) {
      List<FailedRange> failures = FailedRange.writes(window);
      for (RunJournal journal : journals) {
        journal.afterWrite(next, failures);
      }
    }
    if (!journals.isEmpty() && recorder.pendingBytes() >= BATCH_BYTES && !barrier()) {
      return failedBarrier;
    }
    return recorder.hasTooManyFailures() ? recorder.firstFailure() : null;
  }

  private Problem storeChanged(Window window) {
    String path = store.device().path();
    return Problem.at(
        ProblemCode.STORE_CHANGED,
        path,
        window.storeOffset(0),
        "the data of " + path + " changed since it was checked");
  }

  /** Ends a batch. Returns true if it is durable. */
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
      journal.afterBarrier(failedBarrier);
    }
    return failedBarrier == null;
  }
}

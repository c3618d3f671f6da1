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
 * Writes into the origin what differs from the store, window by window, and ends with a barrier.
 * While one window is written the next one is read. A piece that cannot be copied does not stop the
 * others. Running it again writes nothing.
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
  private final @Nullable StoreDigests approved;
  private final boolean sharing;
  private final boolean inOriginOrder;
  private final int windowBytes;
  // A guess: Java's own bound is a quarter of most machines' memory, or of the container's.
  private long cacheBytes = Runtime.getRuntime().maxMemory();
  private final OutcomeRecorder recorder;
  private @Nullable Problem failedBarrier;

  /**
   * @param origin opened for writing, every guard passed
   * @param journals are told of every window, in this order
   * @param approved what the store held when it was checked, and must hold still; null if any
   *     content will do
   * @param sharing whether the origin may get the store's blocks themselves where no journal was
   *     told of bytes and nobody approved them
   * @param maxMappings how many pending mappings the outcome names
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
    // Otherwise what was told or approved is written, and not what the store holds by now.
    this.sharing = sharing && journals.isEmpty() && approved == null;
    this.inOriginOrder =
        OriginOrder.supports(store) && (approved == null || approved.allowsAnyOrder());
    // Large ones have more that lies together, and more for a queue that is waited for.
    boolean small = inOriginOrder && this.journals.isEmpty() && !origin.direct();
    this.windowBytes = small ? Window.SMALL_BYTES : Window.LARGE_BYTES;
    this.recorder = new OutcomeRecorder(store, maxMappings);
  }

  /** Overrides how much of the store the page cache is expected to hold. */
  void expectCache(long bytes) {
    cacheBytes = bytes;
  }

  /** Applies the store's whole table. Failures are in the outcome, never thrown. */
  public ApplyOutcome run(Progress progress, CancelSignal cancel) {
    Problem stopped = applyWindows(progress, cancel);
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

  /** Even then: what was written needs its barrier, and the operator the truth about it. */
  private static Problem problemOf(Throwable e) {
    if (e instanceof ProblemException known) {
      return known.problem();
    }
    return e instanceof OutOfMemoryError
        ? Problem.of(ProblemCode.INTERNAL_MEMORY, "Java ran out of memory")
        : Problem.of(ProblemCode.INTERNAL_BUG, "a bug in dm-merge: " + e);
  }

  /** Returns why the run must end after this window, or null. */
  private @Nullable Problem commit(ComparedWindow next, TransferPool pool) {
    Window window = next.window();
    if (!next.isApproved()) {
      recorder.enterFailures(window);
      Problem unread = window.firstProblem();
      return unread == null ? storeChanged(window) : unread;
    }
    if (window.anyPending()) {
      for (RunJournal journal : journals) {
        journal.before(next);
      }
      recorder.writing();
      window.writePending(origin, sharing, pool);
    }
    recorder.enter(window);
    if (window.anyPending()) {
      List<FailedRange> failures = FailedRange.writes(window);
      for (RunJournal journal : journals) {
        journal.after(next, failures);
      }
    }
    if (!journals.isEmpty() && recorder.pendingBytes() >= BATCH_BYTES && !barrier()) {
      return failedBarrier;
    }
    return recorder.isFull() ? recorder.firstFailure() : null;
  }

  private Problem storeChanged(Window window) {
    String path = store.device().path();
    return Problem.at(
        ProblemCode.STORE_CHANGED,
        path,
        window.storeOffset(0),
        "the data of " + path + " changed since it was checked");
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

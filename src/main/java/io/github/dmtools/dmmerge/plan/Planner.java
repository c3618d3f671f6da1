package io.github.dmtools.dmmerge.plan;

import io.github.dmtools.dmmerge.copy.Progress;
import io.github.dmtools.dmmerge.copy.ReadAhead;
import io.github.dmtools.dmmerge.copy.StoreDigests;
import io.github.dmtools.dmmerge.copy.TableOrder;
import io.github.dmtools.dmmerge.copy.TransferPool;
import io.github.dmtools.dmmerge.copy.Window;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.digest.Sha256;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.TableCursor;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Determines what each exception of a store would change in the origin. Writes nothing. */
public final class Planner {
  private final ExceptionStore store;
  private final @Nullable BlockDevice origin;
  private final PlanDepth depth;
  private final PlanSink sink;
  private final @Nullable StoreDigests sums;

  /**
   * @param origin null to compare nothing
   */
  public Planner(
      ExceptionStore store, @Nullable BlockDevice origin, PlanDepth depth, PlanSink sink) {
    this(store, origin, depth, sink, null);
  }

  /**
   * @param origin null to compare nothing
   * @param sums records the digests of the store's data; null if not needed
   */
  public Planner(
      ExceptionStore store,
      @Nullable BlockDevice origin,
      PlanDepth depth,
      PlanSink sink,
      @Nullable StoreDigests sums) {
    this.store = store;
    this.origin = origin;
    this.depth = depth;
    this.sink = sink;
    this.sums = sums;
  }

  /**
   * Makes the plan in one pass over the table.
   *
   * @throws ProblemException {@code store.changed}, {@code device.read}, {@code run.interrupted}
   */
  public PlanTotals run(Progress progress, CancelSignal cancel) {
    boolean needsData = depth == PlanDepth.DIGEST || (depth == PlanDepth.COMPARE && origin != null);
    return needsData ? readData(progress, cancel) : readTable(progress, cancel);
  }

  private PlanTotals readTable(Progress progress, CancelSignal cancel) {
    long exceptions = 0;
    long bytes = 0;
    TableCursor entry = store.entries();
    while (entry.next()) {
      long length = store.chunkSize().clippedBytes(entry.oldChunk(), store.originBytes());
      sink.accept(
          new PlannedChunk(
              entry.index(), entry.oldChunk(), entry.newChunk(), length, null, null, null));
      bytes += length;
      progress.advance(length);
      if ((++exceptions & 0xfff) == 0) {
        cancel.throwIfRaised();
      }
    }
    return new PlanTotals(false, exceptions, 0, bytes, 0, null, null);
  }

  private PlanTotals readData(Progress progress, CancelSignal cancel) {
    Accumulator plan = new Accumulator();
    TableOrder pieces = new TableOrder(store);
    Supplier<ExceptionDigests> digests =
        depth == PlanDepth.DIGEST
            ? ExceptionDigests.of(store, origin != null)
            : () -> ExceptionDigests.NONE;
    // The next window is read and digested while the current one is added to the plan.
    try (TransferPool pool = new TransferPool();
        ReadAhead<Digested> windows =
            new ReadAhead<>(
                pieces::hasNext,
                () -> new Digested(new Window(store, origin), digests.get()),
                next -> fill(next, pieces, pool),
                pool)) {
      for (Digested next = windows.next(); next != null; next = windows.next()) {
        cancel.throwIfRaised();
        windows.startNext();
        Window window = next.window();
        if (sums != null) {
          sums.add(window, next.digests().pieces(window));
        }
        for (int slot = 0; slot < window.size(); slot++) {
          plan.add(next, slot);
          progress.advance(window.bytes(slot));
        }
      }
    }
    return plan.totals();
  }

  /** A window and the digests of its pieces. */
  private record Digested(Window window, ExceptionDigests digests) {}

  /** Any read error aborts the plan. */
  private static void fill(Digested next, TableOrder pieces, TransferPool pool) {
    next.window().fill(pieces, pool);
    Problem problem = next.window().firstProblem();
    if (problem != null) {
      throw new ProblemException(problem);
    }
    next.digests().begin(next.window());
  }

  /** Combines pieces into exceptions, and exceptions into a plan. */
  private final class Accumulator {
    private final boolean digesting = depth == PlanDepth.DIGEST;
    private final PlanDigest planDigest = new PlanDigest(store.chunkSize());
    private final OriginsDigest originsDigest = new OriginsDigest();
    private boolean differs;
    private long length;
    private long exceptions;
    private long pending;
    private long bytes;
    private long pendingBytes;

    void add(Digested digested, int slot) {
      Window window = digested.window();
      length += window.bytes(slot);
      digested.digests().add(window, slot);
      differs |= window.isPending(slot);
      if (window.isLast(slot)) {
        finish(window, digested.digests(), slot);
      }
    }

    private void finish(Window window, ExceptionDigests digests, int slot) {
      String sourceSha256 = null;
      String originSha256 = null;
      if (digesting) {
        byte[] source = digests.source(slot);
        planDigest.add(window.oldChunk(slot), window.newChunk(slot), length, source);
        sourceSha256 = Sha256.hex(source);
      }
      if (digesting && origin != null) {
        byte[] target = digests.origin(slot);
        originsDigest.add(target);
        originSha256 = Sha256.hex(target);
      }
      sink.accept(
          new PlannedChunk(
              window.index(slot),
              window.oldChunk(slot),
              window.newChunk(slot),
              length,
              origin == null ? null : differs ? ChunkState.PENDING : ChunkState.APPLIED,
              sourceSha256,
              originSha256));
      exceptions++;
      bytes += length;
      if (differs) {
        pending++;
        pendingBytes += length;
      }
      differs = false;
      length = 0;
    }

    PlanTotals totals() {
      return new PlanTotals(
          origin != null,
          exceptions,
          pending,
          bytes,
          pendingBytes,
          digesting ? planDigest.hex() : null,
          digesting && origin != null ? originsDigest.hex() : null);
    }
  }
}

package io.github.dmtools.dmmerge.apply;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.copy.Extent;
import io.github.dmtools.dmmerge.copy.PieceCursor;
import io.github.dmtools.dmmerge.copy.TransferPool;
import io.github.dmtools.dmmerge.copy.Window;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.problem.Problem;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A window's worth of the table on its way: read, compared, and then written where it differs. */
public final class ComparedWindow {
  private final Window window;
  private final boolean digesting;
  private final @Nullable PieceSums sums;
  private final boolean[] pending;
  private final @Nullable Problem[] problems;
  private List<Extent> extents = List.of();
  private boolean anyPending;

  /**
   * @param bufferBytes as for the {@link Window}
   * @param digesting whether somebody will ask for the extents
   * @param summing whether somebody will ask for the sums
   */
  ComparedWindow(
      ExceptionStore store,
      BlockDevice origin,
      int bufferBytes,
      boolean digesting,
      boolean summing) {
    this.window = new Window(store, origin, bufferBytes);
    this.digesting = digesting;
    this.sums = summing && window.hasWholeChunks() ? new PieceSums(window.capacity()) : null;
    this.pending = new boolean[window.capacity()];
    this.problems = new Problem[window.capacity()];
  }

  /**
   * Reads the next window and tells what of it is to be written.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException as {@link Window#fill}
   */
  void fill(PieceCursor pieces, TransferPool pool) {
    anyPending = false;
    Arrays.fill(problems, null);
    window.fill(pieces, pool, this::fail);
    for (int slot = 0; slot < window.size(); slot++) {
      pending[slot] = problems[slot] == null && window.differs(slot);
      anyPending |= pending[slot];
    }
    if (sums != null) {
      sums.of(window, slot -> pending[slot]);
    }
    extents = digesting ? Extent.of(window, slot -> pending[slot]) : List.of();
  }

  /**
   * Writes what is pending. What cannot be written becomes a problem of its piece.
   *
   * @param sharing as {@link Window#write}
   */
  void write(BlockDevice origin, boolean sharing, TransferPool pool) {
    window.write(
        origin, sharing, pool, slot -> pending[slot] && problems[slot] == null, this::fail);
  }

  /** Where a disk may begin with what was written. */
  List<ByteRange> denseSpans() {
    return window.denseSpans(slot -> pending[slot]);
  }

  /** The piece was not read or not written, or must not be: what went wrong first counts. */
  public synchronized void fail(int slot, Problem problem) {
    if (problems[slot] == null) {
      problems[slot] = problem;
    }
  }

  /** The pieces, with what the origin held before {@link RunJournal#before} returned. */
  public Window window() {
    return window;
  }

  /** Whether the piece is to be written. */
  public boolean isPending(int slot) {
    return pending[slot];
  }

  /** Sums of what is going to be written as a pending piece, which is a whole chunk. */
  public ByteBuffer sums(int slot) {
    return Objects.requireNonNull(sums).of(slot);
  }

  boolean anyPending() {
    return anyPending;
  }

  /** What is to be written, as extents in the origin's order, digested. */
  public List<Extent> extents() {
    return extents;
  }

  /** Why a piece was not read or not written; null if it was. */
  @Nullable Problem problem(int slot) {
    return problems[slot];
  }

  /** The first problem of all; null if there is none. */
  @Nullable Problem firstProblem() {
    for (int slot = 0; slot < window.size(); slot++) {
      if (problems[slot] != null) {
        return problems[slot];
      }
    }
    return null;
  }

  /** The pieces that were to be written and could not be. */
  List<FailedRange> writeFailures() {
    List<FailedRange> failures = new ArrayList<>();
    for (int slot = 0; slot < window.size(); slot++) {
      Problem problem = problems[slot];
      if (pending[slot] && problem != null) {
        failures.add(range(slot, problem));
      }
    }
    return failures;
  }

  FailedRange range(int slot, Problem problem) {
    return new FailedRange(
        window.originOffset(slot), window.storeOffset(slot), window.bytes(slot), problem);
  }

  /** Bytes of the whole window. */
  long bytes() {
    long bytes = 0;
    for (int slot = 0; slot < window.size(); slot++) {
      bytes += window.bytes(slot);
    }
    return bytes;
  }
}

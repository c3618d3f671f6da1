package io.github.dmtools.dmmerge.apply;

import io.github.dmtools.dmmerge.copy.Extent;
import io.github.dmtools.dmmerge.copy.PieceCursor;
import io.github.dmtools.dmmerge.copy.StoreDigests;
import io.github.dmtools.dmmerge.copy.TransferPool;
import io.github.dmtools.dmmerge.copy.Window;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A window and what a run needs to know of it before it is written: all of it computed while the
 * window before is being written.
 */
public final class ComparedWindow {
  private final Window window;
  private final @Nullable StoreDigests approved;
  private final boolean digesting;
  private final @Nullable PieceSums sums;
  private List<Extent> extents = List.of();
  private boolean approvedNow;

  /**
   * @param approved what the store must hold; null if any content will do
   * @param journals what they read is computed
   */
  ComparedWindow(Window window, @Nullable StoreDigests approved, List<RunJournal> journals) {
    this.window = window;
    this.approved = approved;
    this.digesting = journals.stream().anyMatch(RunJournal::readsExtents);
    boolean summing = journals.stream().anyMatch(RunJournal::readsSums);
    this.sums = summing && window.hasWholeChunks() ? new PieceSums(window.capacity()) : null;
  }

  /**
   * Reads the next window and compares it.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException as {@link Window#fill}
   */
  void fill(PieceCursor pieces, TransferPool pool) {
    window.fill(pieces, pool);
    approvedNow = approved == null || (window.firstProblem() == null && approved.matches(window));
    if (sums != null) {
      sums.of(window);
    }
    extents = digesting ? Extent.of(window) : List.of();
  }

  /** The pieces, with what the origin held before {@link RunJournal#before} returned. */
  public Window window() {
    return window;
  }

  /** Whether all of it was read, and the store holds what was approved. */
  boolean isApproved() {
    return approvedNow;
  }

  /** Sums of what is going to be written as a pending piece, which is a whole chunk. */
  public ByteBuffer sums(int slot) {
    return Objects.requireNonNull(sums).of(slot);
  }

  /** What is to be written, as extents in the origin's order, digested. */
  public List<Extent> extents() {
    return extents;
  }
}

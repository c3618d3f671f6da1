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
 * A window and everything that is computed from it before it is written. The computation runs while
 * the previous window is written.
 */
public final class ComparedWindow {
  private final Window window;
  private final @Nullable StoreDigests approved;
  private final boolean needsExtents;
  private final @Nullable PieceSums sums;
  private List<Extent> extents = List.of();
  private boolean isApproved;

  /**
   * @param approved digests of the data that may be written; null if any data may be
   * @param journals determine what is computed
   */
  ComparedWindow(Window window, @Nullable StoreDigests approved, List<RunJournal> journals) {
    this.window = window;
    this.approved = approved;
    this.needsExtents = journals.stream().anyMatch(RunJournal::needsExtents);
    boolean needsSums = journals.stream().anyMatch(RunJournal::needsSums);
    this.sums = needsSums && window.hasWholeChunks() ? new PieceSums(window.capacity()) : null;
  }

  /**
   * Reads the next window and compares it.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException as {@link Window#fill}
   */
  void fill(PieceCursor pieces, TransferPool pool) {
    window.fill(pieces, pool);
    isApproved = approved == null || (window.firstProblem() == null && approved.matches(window));
    if (sums != null) {
      sums.of(window);
    }
    extents = needsExtents ? Extent.of(window) : List.of();
  }

  /** The pieces. The origin's bytes are undefined after {@link RunJournal#beforeWrite} returned. */
  public Window window() {
    return window;
  }

  /** True if any data may be written, or all of it was read and is approved. */
  boolean isApproved() {
    return isApproved;
  }

  /** Sums of the data to be written for a pending piece, which must be a whole chunk. */
  public ByteBuffer sums(int slot) {
    return Objects.requireNonNull(sums).of(slot);
  }

  /** The extents to be written, in the origin's order. */
  public List<Extent> extents() {
    return extents;
  }
}

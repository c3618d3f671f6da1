package io.github.dmtools.dmmerge.apply;

import io.github.dmtools.dmmerge.problem.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records what a run writes. The windows written between two barriers of the origin are a batch.
 * Any method may throw {@link io.github.dmtools.dmmerge.problem.ProblemException}, which stops the
 * run after a final barrier.
 */
public interface RunJournal {
  /** True if the journal calls {@link ComparedWindow#extents}. */
  boolean needsExtents();

  /** True if the journal calls {@link ComparedWindow#sums}. */
  default boolean needsSums() {
    return false;
  }

  /**
   * Called before a window is written. The journal's records of it must be durable when this
   * returns. If this throws, the window is not written.
   */
  void beforeWrite(ComparedWindow next);

  /**
   * Called when the window is written, but not durable yet.
   *
   * @param failures pieces that could not be written
   */
  void afterWrite(ComparedWindow next, List<FailedRange> failures);

  /**
   * Called after the barrier that ends a batch.
   *
   * @param failed why the barrier failed: the batch may not be durable; null if it succeeded
   */
  void afterBarrier(@Nullable Problem failed);
}

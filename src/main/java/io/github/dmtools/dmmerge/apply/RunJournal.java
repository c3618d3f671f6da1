package io.github.dmtools.dmmerge.apply;

import io.github.dmtools.dmmerge.problem.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what a run does. Windows that are written between two barriers of the origin are a
 * batch. Every method may throw {@link io.github.dmtools.dmmerge.problem.ProblemException}, and
 * then the run ends; what was written gets its barrier all the same.
 */
public interface RunJournal {
  /** Whether it asks windows for their extents, which have to be digested for that. */
  boolean readsExtents();

  /** Whether it asks windows for the sums of what is going to be written. */
  default boolean readsSums() {
    return false;
  }

  /**
   * A window is going to be written. When this returns, what must be remembered of it is durable;
   * if it throws, nothing of the window is written.
   */
  void before(ComparedWindow next);

  /**
   * The window was written, and is not durable yet.
   *
   * @param failures the pieces that could not be written
   */
  void after(ComparedWindow next, List<FailedRange> failures);

  /**
   * The batch is over: every window that was written since the barrier before.
   *
   * @param failed why its barrier failed, so that nothing of it may be durable; null if it
   *     succeeded
   */
  void barrier(@Nullable Problem failed);
}

package io.github.dmtools.dmmerge.apply;

import io.github.dmtools.dmmerge.problem.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what a run does, batch by batch. With a journal every batch has a barrier of its own.
 */
public interface BatchJournal {
  /**
   * The batch is going to be written. When this returns, what must be remembered is durable.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException and then nothing of the batch is
   *     written, and the run ends
   */
  void before(Batch batch);

  /**
   * The batch was written, and its barrier is behind it.
   *
   * @param failures the pieces that could not be written
   * @param barrier why the barrier failed, so that nothing of the batch may be durable; else null
   * @throws io.github.dmtools.dmmerge.problem.ProblemException and then the run ends
   */
  void after(Batch batch, List<FailedRange> failures, @Nullable Problem barrier);
}

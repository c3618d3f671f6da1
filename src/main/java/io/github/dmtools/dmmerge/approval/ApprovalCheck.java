package io.github.dmtools.dmmerge.approval;

import io.github.dmtools.dmmerge.plan.PlanSink;
import io.github.dmtools.dmmerge.plan.PlanTotals;

/**
 * Compares what was approved with the plan of now, of which it is given every exception with its
 * digests.
 */
public interface ApprovalCheck extends PlanSink, AutoCloseable {
  /**
   * The verdict, after the last exception.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code plan.*} if the job's devices
   *     do not hold what was approved; {@code device.read}, {@code store.changed}, {@code
   *     run.interrupted}
   */
  Approval finish(PlanTotals now);

  @Override
  void close();
}

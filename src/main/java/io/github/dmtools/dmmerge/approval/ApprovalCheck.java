package io.github.dmtools.dmmerge.approval;

import io.github.dmtools.dmmerge.plan.PlanSink;
import io.github.dmtools.dmmerge.plan.PlanTotals;

/** Compares an approval with the current plan. It takes every exception with its digests. */
public interface ApprovalCheck extends PlanSink, AutoCloseable {
  /**
   * Returns the approval, after the last exception.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code plan.*} if the job's devices
   *     differ from what was approved; {@code device.read}, {@code store.changed}, {@code
   *     run.interrupted}
   */
  Approval finish(PlanTotals now);

  @Override
  void close();
}

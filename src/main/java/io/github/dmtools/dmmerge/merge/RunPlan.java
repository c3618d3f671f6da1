package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.approval.Approval;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import org.jspecify.annotations.Nullable;

/**
 * What a run knows of its plan before it writes.
 *
 * @param planSha256 null if nothing was digested
 * @param approvalSha256 null if nothing was approved
 * @param pending exceptions that differ; null if nothing was compared
 * @param pendingBytes that these cover; null as above
 */
record RunPlan(
    @Nullable String planSha256,
    @Nullable String approvalSha256,
    @Nullable Long pending,
    @Nullable Long pendingBytes) {
  /** Nothing. */
  static final RunPlan UNKNOWN = new RunPlan(null, null, null, null);

  /** What a pass over both devices found. */
  static RunPlan of(PlanPass.Result found) {
    PlanTotals totals = found.totals();
    Approval approval = found.approval();
    return new RunPlan(
        totals.planSha256(),
        approval == null ? null : approval.approvalSha256(),
        totals.compared() ? totals.pending() : null,
        totals.compared() ? totals.pendingBytes() : null);
  }
}

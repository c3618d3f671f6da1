package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.approval.Approval;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import org.jspecify.annotations.Nullable;

/**
 * The plan of a run as far as it is known before the first write.
 *
 * @param planSha256 null if no digests were computed
 * @param approvalSha256 null if the job expects nothing
 * @param pending number of pending exceptions; null if the data was not compared
 * @param pendingBytes number of pending bytes; null if the data was not compared
 */
record RunPlan(
    @Nullable String planSha256,
    @Nullable String approvalSha256,
    @Nullable Long pending,
    @Nullable Long pendingBytes) {
  /** Nothing is known. */
  static final RunPlan UNKNOWN = new RunPlan(null, null, null, null);

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

package io.github.dmtools.dmmerge.report;

import io.github.dmtools.dmmerge.plan.PlanSink;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.problem.Warning;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes a plan as a stream: its head, its exceptions, its end. */
public interface PlanDocument extends PlanSink {
  /** Begins the plan. */
  void begin(PlanHead head);

  /** True if the dd lines are shown: only then are there warnings about them. */
  default boolean showsLines() {
    return true;
  }

  /**
   * Ends the plan.
   *
   * @param approvalSha256 null if the plan has no output or no digests
   */
  void end(PlanTotals totals, @Nullable String approvalSha256, List<Warning> warnings);
}

package io.github.dmtools.dmmerge.report;

import io.github.dmtools.dmmerge.plan.PlanSink;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.problem.Warning;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes a plan as it is made: its head, its exceptions one by one, its end. */
public interface PlanDocument extends PlanSink {
  void begin(PlanHead head);

  /** Whether the dd lines are shown: what is to be known of them is a warning only then. */
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

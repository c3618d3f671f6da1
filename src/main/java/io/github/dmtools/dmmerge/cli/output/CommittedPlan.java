package io.github.dmtools.dmmerge.cli.output;

import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import io.github.dmtools.dmmerge.problem.Warning;
import io.github.dmtools.dmmerge.report.PlanDocument;
import io.github.dmtools.dmmerge.report.PlanHead;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Commits a plan's document as soon as it is complete, which is before the first write. */
public record CommittedPlan(PlanDocument document, DocumentOutput output) implements PlanDocument {
  @Override
  public void begin(PlanHead head) {
    document.begin(head);
  }

  @Override
  public void accept(PlannedChunk exception) {
    document.accept(exception);
  }

  @Override
  public void end(PlanTotals totals, @Nullable String approvalSha256, List<Warning> warnings) {
    document.end(totals, approvalSha256, warnings);
    output.commit();
  }
}

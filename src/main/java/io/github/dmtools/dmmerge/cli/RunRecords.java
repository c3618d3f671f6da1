package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.audit.AuditLog;
import io.github.dmtools.dmmerge.audit.Operator;
import io.github.dmtools.dmmerge.json.AuditLines;
import io.github.dmtools.dmmerge.json.PlanReader;
import io.github.dmtools.dmmerge.merge.ApprovedPlan;
import io.github.dmtools.dmmerge.merge.Records;
import io.github.dmtools.dmmerge.problem.WarningSink;
import java.time.Clock;

/** Plans and logs as JSON, on behalf of the user of this process. */
final class RunRecords implements Records {
  @Override
  public ApprovedPlan approvedPlan(String path) {
    return PlanReader.open(path);
  }

  @Override
  public AuditLog auditLog(String path, WarningSink warnings) {
    return AuditLog.open(
        DevicesAhead.get().fileTargets(), path, new AuditLines(), Clock.systemUTC(), warnings);
  }

  @Override
  public Operator operator() {
    return ThisProcess.operator();
  }
}

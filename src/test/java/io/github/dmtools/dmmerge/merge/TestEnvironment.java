package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.approval.ApprovedPlan;
import io.github.dmtools.dmmerge.audit.AuditLog;
import io.github.dmtools.dmmerge.audit.Operator;
import io.github.dmtools.dmmerge.json.JsonAuditCodec;
import io.github.dmtools.dmmerge.linux.LinuxDevices;
import io.github.dmtools.dmmerge.problem.WarningSink;
import java.time.Clock;

/** Real plans and logs, with a fixed operator. */
public final class TestEnvironment implements RunEnvironment {
  @Override
  public ApprovedPlan approvedPlan(String path) {
    return TestPlans.open(path);
  }

  @Override
  public AuditLog auditLog(String path, WarningSink warnings) {
    return AuditLog.open(
        new LinuxDevices().fileTargets(), path, new JsonAuditCodec(), Clock.systemUTC(), warnings);
  }

  @Override
  public Operator operator() {
    return new Operator("host", "user", "1000", "root", "0", 4711);
  }
}

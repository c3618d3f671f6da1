package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.approval.ApprovedPlan;
import io.github.dmtools.dmmerge.audit.AuditLog;
import io.github.dmtools.dmmerge.audit.Operator;
import io.github.dmtools.dmmerge.json.JsonAuditCodec;
import io.github.dmtools.dmmerge.json.PlanReader;
import io.github.dmtools.dmmerge.linux.DevicePreloader;
import io.github.dmtools.dmmerge.linux.RegularFile;
import io.github.dmtools.dmmerge.merge.RunEnvironment;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.Reasons;
import io.github.dmtools.dmmerge.problem.WarningSink;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;

/** Opens plans and audit logs with the rights of this process. */
final class ProcessEnvironment implements RunEnvironment {
  @Override
  public ApprovedPlan approvedPlan(String path) {
    try (RegularFile file = DevicePreloader.get().openRegular(path)) {
      return PlanReader.open(path, Files.newInputStream(file.openable()));
    } catch (IOException e) {
      throw new ProblemException(
          Problem.at(
              ProblemCode.PATH_WRONG_TYPE,
              path,
              "cannot read the approved plan " + path + ": " + Reasons.of(e)),
          e);
    }
  }

  @Override
  public AuditLog auditLog(String path, WarningSink warnings) {
    return AuditLog.open(
        DevicePreloader.get().fileTargets(),
        path,
        new JsonAuditCodec(),
        Clock.systemUTC(),
        warnings);
  }

  @Override
  public Operator operator() {
    return OperatorLookup.operator();
  }
}

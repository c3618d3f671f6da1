package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.approval.ApprovedPlan;
import io.github.dmtools.dmmerge.audit.AuditLog;
import io.github.dmtools.dmmerge.audit.Operator;
import io.github.dmtools.dmmerge.problem.WarningSink;

/** What a run reads and keeps besides its devices, and on whose behalf. */
public interface RunEnvironment {
  /**
   * Opens a plan that was approved.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code path.*}, {@code plan.syntax}
   */
  ApprovedPlan approvedPlan(String path);

  /**
   * Makes or continues an audit log, and locks it.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code audit.*}
   */
  AuditLog auditLog(String path, WarningSink warnings);

  /** Who runs the tool, and where. */
  Operator operator();
}

package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.approval.ApprovedPlan;
import io.github.dmtools.dmmerge.audit.AuditLog;
import io.github.dmtools.dmmerge.audit.Operator;
import io.github.dmtools.dmmerge.problem.WarningSink;

/** A run's access to plans and audit logs, and its operator. */
public interface RunEnvironment {
  /**
   * Opens an approved plan.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code path.*}, {@code plan.syntax}
   */
  ApprovedPlan approvedPlan(String path);

  /**
   * Creates or continues an audit log, and locks it.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code audit.*}
   */
  AuditLog auditLog(String path, WarningSink warnings);

  /** Who runs the tool, and on which machine. */
  Operator operator();
}

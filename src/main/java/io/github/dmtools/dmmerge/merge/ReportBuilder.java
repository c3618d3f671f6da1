package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.apply.ApplyOutcome;
import io.github.dmtools.dmmerge.apply.Counts;
import io.github.dmtools.dmmerge.approval.Approval;
import io.github.dmtools.dmmerge.approval.Targets;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.plan.MappingSample;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.preserve.UndoFacts;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.Warning;
import io.github.dmtools.dmmerge.report.AuditFacts;
import io.github.dmtools.dmmerge.report.DeviceFacts;
import io.github.dmtools.dmmerge.report.OriginFacts;
import io.github.dmtools.dmmerge.report.Report;
import io.github.dmtools.dmmerge.report.StoreFacts;
import io.github.dmtools.dmmerge.report.Verification;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Collects the data of a report during a run, and determines the run's status. */
final class ReportBuilder {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Report.Command command;
  private final Job job;
  private final Clock clock;
  private final Instant startedAt;
  private final long startedNanos = System.nanoTime();
  private @Nullable DeviceFacts input;
  private @Nullable OriginFacts output;
  private @Nullable StoreFacts store;
  private @Nullable String planSha256;
  private @Nullable String approvalSha256;
  private @Nullable Targets plannedFor;
  private @Nullable ApplyOutcome outcome;
  private @Nullable Problem problem;
  private @Nullable Verification verification;
  private @Nullable UndoFacts undo;
  private @Nullable AuditFacts audit;

  ReportBuilder(Report.Command command, Job job, Clock clock) {
    this.command = command;
    this.job = job;
    this.clock = clock;
    this.startedAt = clock.instant();
  }

  void devices(JobSession session, ExceptionStore exceptions) {
    input = session.input().facts();
    output = session.originFacts();
    store = StoreFacts.of(exceptions);
  }

  /** Sets the plan from before the first write. */
  void planned(PlanPass.Result found) {
    Approval approval = found.approval();
    planSha256 = found.totals().planSha256();
    approvalSha256 = approval == null ? found.approvalSha256() : approval.approvalSha256();
    plannedFor = approval == null ? null : approval.plannedFor();
  }

  /** Returns the report of a run that only compared. */
  Report compared(PlanTotals totals, MappingSample pending, List<Warning> warnings) {
    Counts exceptions = new Counts(totals.exceptions(), 0, totals.applied(), 0, totals.pending());
    Counts bytes = new Counts(totals.bytes(), 0, totals.appliedBytes(), 0, totals.pendingBytes());
    Report.Status differs =
        command == Report.Command.VERIFY ? Report.Status.DIFFERENT : Report.Status.PLANNED;
    Report.Status status = totals.pending() == 0 ? Report.Status.UNCHANGED : differs;
    ApplyOutcome nothingWritten =
        new ApplyOutcome(
            false, exceptions, bytes, pending.mappings(), pending.omitted(), List.of(), 0, null);
    return build(status, nothingWritten, warnings);
  }

  /** Sets the outcome of an apply. */
  void outcome(ApplyOutcome ended) {
    outcome = ended;
    problem = ended.problem();
  }

  /** Sets the problem of a failure after the apply, unless there is an earlier one. */
  void failed(Problem afterwards) {
    if (problem == null) {
      problem = afterwards;
    }
  }

  @Nullable Problem problem() {
    return problem;
  }

  void undo(UndoFacts facts) {
    undo = facts;
  }

  void audit(@Nullable AuditFacts facts) {
    audit = facts;
  }

  boolean hasProblem() {
    return problem != null;
  }

  void verified(Verification readAgain) {
    verification = readAgain;
  }

  /** Returns the report of an apply. */
  Report applied(List<Warning> warnings) {
    return build(status(), Objects.requireNonNull(outcome), warnings);
  }

  /** The status so far. */
  Report.Status status() {
    if (problem != null) {
      return problem.code() == ProblemCode.RUN_INTERRUPTED
          ? Report.Status.INTERRUPTED
          : Report.Status.FAILED;
    }
    return Objects.requireNonNull(outcome).changed()
        ? Report.Status.APPLIED
        : Report.Status.UNCHANGED;
  }

  private Report build(Report.Status status, ApplyOutcome ended, List<Warning> warnings) {
    return new Report(
        command,
        status,
        ended.changed(),
        job,
        Objects.requireNonNull(input),
        Objects.requireNonNull(output),
        Objects.requireNonNull(store),
        startedAt,
        clock.instant(),
        (System.nanoTime() - startedNanos) / NANOS_PER_SECOND,
        ended.exceptions(),
        ended.bytes(),
        planSha256,
        approvalSha256,
        plannedFor,
        verification,
        undo,
        audit,
        ended.mappings(),
        ended.mappingsOmitted(),
        ended.failures(),
        ended.failuresOmitted(),
        warnings,
        problem);
  }
}

package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.apply.ApplyOutcome;
import io.github.dmtools.dmmerge.apply.Counts;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.plan.MappingSample;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.Warning;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Collects what a report says, from the start of a run on, and decides how the run ended. */
final class ReportBuilder {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Report.Command command;
  private final Job job;
  private final Clock clock;
  private final Instant startedAt;
  private final long startedNanos = System.nanoTime();
  private @Nullable DeviceFacts input;
  private @Nullable DeviceFacts output;
  private @Nullable StoreFacts store;
  private @Nullable String planSha256;

  ReportBuilder(Report.Command command, Job job, Clock clock) {
    this.command = command;
    this.job = job;
    this.clock = clock;
    this.startedAt = clock.instant();
  }

  void devices(OpenJob opened, ExceptionStore exceptions) {
    BlockDevice origin = Objects.requireNonNull(opened.output());
    input = DeviceFacts.of(opened.input());
    output = DeviceFacts.of(origin);
    store = StoreFacts.of(exceptions);
  }

  void planSha256(PlanTotals totals) {
    planSha256 = totals.planSha256();
  }

  /** The report of a run that compared and wrote nothing. */
  Report compared(PlanTotals totals, MappingSample pending, List<Warning> warnings) {
    planSha256(totals);
    Counts exceptions = new Counts(totals.exceptions(), 0, totals.applied(), 0, totals.pending());
    Counts bytes = new Counts(totals.bytes(), 0, totals.appliedBytes(), 0, totals.pendingBytes());
    Report.Status status = totals.pending() == 0 ? Report.Status.UNCHANGED : Report.Status.PLANNED;
    ApplyOutcome nothingWritten =
        new ApplyOutcome(
            false, exceptions, bytes, pending.mappings(), pending.omitted(), List.of(), 0, null);
    return build(status, nothingWritten, null, warnings);
  }

  /**
   * The report of a run that wrote, or would have if anything had been pending.
   *
   * @param afterwards what failed once everything was durable; null if nothing did
   */
  Report applied(ApplyOutcome outcome, @Nullable Problem afterwards, List<Warning> warnings) {
    Problem problem = outcome.problem() != null ? outcome.problem() : afterwards;
    return build(status(outcome, problem), outcome, problem, warnings);
  }

  private static Report.Status status(ApplyOutcome outcome, @Nullable Problem problem) {
    if (problem != null) {
      return problem.code() == ProblemCode.RUN_INTERRUPTED
          ? Report.Status.INTERRUPTED
          : Report.Status.FAILED;
    }
    return outcome.changed() ? Report.Status.APPLIED : Report.Status.UNCHANGED;
  }

  private Report build(
      Report.Status status,
      ApplyOutcome outcome,
      @Nullable Problem problem,
      List<Warning> warnings) {
    return new Report(
        command,
        status,
        outcome.changed(),
        job,
        Objects.requireNonNull(input),
        Objects.requireNonNull(output),
        Objects.requireNonNull(store),
        startedAt,
        clock.instant(),
        (System.nanoTime() - startedNanos) / NANOS_PER_SECOND,
        outcome.exceptions(),
        outcome.bytes(),
        planSha256,
        outcome.mappings(),
        outcome.mappingsOmitted(),
        outcome.failures(),
        outcome.failuresOmitted(),
        warnings,
        problem);
  }
}

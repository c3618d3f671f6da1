package io.github.dmtools.dmmerge.report;

import io.github.dmtools.dmmerge.apply.Counts;
import io.github.dmtools.dmmerge.apply.FailedRange;
import io.github.dmtools.dmmerge.approval.Targets;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.plan.Mapping;
import io.github.dmtools.dmmerge.preserve.UndoFacts;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.Warning;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What apply or verify found and did.
 *
 * @param changed bytes of the origin were written
 * @param seconds by a monotonic clock
 * @param planSha256 null where the run did not compute it
 * @param approvalSha256 of the plan that was approved, or would have to be; null where the run did
 *     not compute it
 * @param plannedFor the devices of an approved plan that was made for others; else null
 * @param verification null if nothing was read again
 * @param undo null if the job named none, or none is there since nothing had to be saved
 * @param audit null if the job named none
 * @param mappings the first exceptions that were pending when they were read
 * @param problem why the run failed or was interrupted; else null
 */
public record Report(
    Command command,
    Status status,
    boolean changed,
    Job job,
    DeviceFacts input,
    OriginFacts output,
    StoreFacts store,
    Instant startedAt,
    Instant finishedAt,
    double seconds,
    Counts exceptions,
    Counts bytes,
    @Nullable String planSha256,
    @Nullable String approvalSha256,
    @Nullable Targets plannedFor,
    @Nullable Verification verification,
    @Nullable UndoFacts undo,
    @Nullable AuditFacts audit,
    List<Mapping> mappings,
    long mappingsOmitted,
    List<FailedRange> failures,
    long failuresOmitted,
    List<Warning> warnings,
    @Nullable Problem problem) {

  /** Which command ran. */
  public enum Command {
    APPLY,
    VERIFY
  }

  /** How it ended. */
  public enum Status {
    /** Bytes were written, all of them durable. */
    APPLIED,
    /** The origin held everything already. */
    UNCHANGED,
    /** A dry run found differences, and nothing was written. */
    PLANNED,
    /** {@code verify} found differences. */
    DIFFERENT,
    /** Stopped by a signal. */
    INTERRUPTED,
    /** See the problem. */
    FAILED
  }
}

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
 * The result of {@code apply} or {@code verify}.
 *
 * @param changed bytes of the origin were written
 * @param seconds duration by a monotonic clock
 * @param planSha256 null if the run did not compute it
 * @param approvalSha256 digest of the approval that was given, or that is needed; null if the run
 *     did not compute it
 * @param plannedFor the devices of the approved plan if they are not the job's; else null
 * @param verification null if nothing was read back
 * @param undo null if the job has none, or nothing had to be saved
 * @param audit null if the job has none
 * @param mappings the first exceptions that were pending
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

  /** The command. */
  public enum Command {
    APPLY,
    VERIFY
  }

  /** How it ended. */
  public enum Status {
    /** Bytes were written, all of them durable. */
    APPLIED,
    /** The origin had every byte already. */
    UNCHANGED,
    /** A dry run found differences. */
    PLANNED,
    /** {@code verify} found differences. */
    DIFFERENT,
    /** A signal stopped the run. */
    INTERRUPTED,
    /** The run failed, see the problem. */
    FAILED
  }
}

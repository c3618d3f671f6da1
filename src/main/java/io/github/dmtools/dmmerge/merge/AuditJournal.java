package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.apply.ApplyOutcome;
import io.github.dmtools.dmmerge.apply.ComparedWindow;
import io.github.dmtools.dmmerge.apply.Counts;
import io.github.dmtools.dmmerge.apply.FailedRange;
import io.github.dmtools.dmmerge.apply.RunJournal;
import io.github.dmtools.dmmerge.audit.AuditEvent;
import io.github.dmtools.dmmerge.audit.AuditHead;
import io.github.dmtools.dmmerge.audit.AuditJob;
import io.github.dmtools.dmmerge.audit.AuditLog;
import io.github.dmtools.dmmerge.audit.AuditRun;
import io.github.dmtools.dmmerge.copy.Extent;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.report.AuditFacts;
import io.github.dmtools.dmmerge.report.Report;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Logs each write durably before it is made, and its outcome afterwards. */
final class AuditJournal implements RunJournal, AutoCloseable {
  private static final Problem NOT_WRITTEN =
      Problem.of(ProblemCode.INTERNAL_BUG, "the batch was not completely written");

  private final AuditLog log;
  private final AuditRun run;

  /** True if extents are logged whose write has not completed. */
  private boolean unfinished;

  private long batch = 1;
  private long extents;
  private long bytes;

  private AuditJournal(AuditLog log, AuditRun run) {
    this.log = log;
    this.run = run;
  }

  /**
   * Logs the start of the run.
   *
   * @param log closed with this journal
   */
  static AuditJournal start(AuditLog log, AuditRun run, AuditJob job) {
    try {
      log.start(run, job);
      return new AuditJournal(log, run);
    } catch (RuntimeException e) {
      log.close();
      throw e;
    }
  }

  @Override
  public boolean needsExtents() {
    return true;
  }

  @Override
  public void beforeWrite(ComparedWindow next) {
    unfinished = true;
    for (Extent extent : next.extents()) {
      log.append(
          new AuditEvent.ExtentWrite(
              batch,
              extent.originOffset(),
              extent.storeOffset(),
              extent.bytes(),
              extent.ofChunks() ? AuditEvent.Digested.CHUNKS : AuditEvent.Digested.PIECE,
              extent.before(),
              extent.after()));
    }
    log.sync();
  }

  @Override
  public void afterWrite(ComparedWindow next, List<FailedRange> failures) {
    for (Extent extent : next.extents()) {
      extents++;
      bytes += extent.bytes();
    }
    for (FailedRange failure : failures) {
      Problem problem = failure.problem();
      log.append(
          new AuditEvent.ExtentFailed(
              failure.originOffset(),
              failure.storeOffset(),
              failure.bytes(),
              problem.code().code(),
              problem.message()));
      bytes -= failure.bytes();
    }
    unfinished = false;
  }

  @Override
  public void afterBarrier(@Nullable Problem failed) {
    Problem problem = failed == null && unfinished ? NOT_WRITTEN : failed;
    if (problem == null && extents == 0) {
      return; // the barrier was for data of an earlier run
    }
    log.append(
        problem == null
            ? new AuditEvent.BatchWritten(batch, extents, bytes)
            : new AuditEvent.BatchFailed(batch, problem.code().code(), problem.message()));
    unfinished = false;
    batch++;
    extents = 0;
    bytes = 0;
  }

  /**
   * Durably logs the end of the run.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code audit.write}
   */
  void finish(Report.Status status, ApplyOutcome outcome, @Nullable Problem problem) {
    Counts bytes = outcome.bytes();
    AuditEvent.Outcome ended =
        switch (status) {
          case APPLIED -> AuditEvent.Outcome.APPLIED;
          case UNCHANGED -> AuditEvent.Outcome.UNCHANGED;
          case INTERRUPTED -> AuditEvent.Outcome.INTERRUPTED;
          case PLANNED, DIFFERENT, FAILED -> AuditEvent.Outcome.FAILED;
        };
    log.append(
        new AuditEvent.RunFinished(
            ended,
            bytes.written(),
            bytes.unchanged(),
            bytes.failed(),
            bytes.pending(),
            problem == null ? null : problem.code().code()));
    log.sync();
  }

  /** The log's last durable line; null if it has none. */
  @Nullable AuditFacts facts() {
    AuditHead head = log.head();
    return head == null
        ? null
        : new AuditFacts(log.path().toString(), run.id().toString(), head.seq(), head.lineSha256());
  }

  @Override
  public void close() {
    log.close();
  }
}

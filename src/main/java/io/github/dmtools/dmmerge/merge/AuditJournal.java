package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.apply.ApplyOutcome;
import io.github.dmtools.dmmerge.apply.Batch;
import io.github.dmtools.dmmerge.apply.BatchJournal;
import io.github.dmtools.dmmerge.apply.Counts;
import io.github.dmtools.dmmerge.apply.FailedRange;
import io.github.dmtools.dmmerge.audit.AuditEvent;
import io.github.dmtools.dmmerge.audit.AuditHead;
import io.github.dmtools.dmmerge.audit.AuditLog;
import io.github.dmtools.dmmerge.audit.AuditRun;
import io.github.dmtools.dmmerge.plan.Extent;
import io.github.dmtools.dmmerge.problem.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells the audit log what is going to be written, durable before it is, and what was. */
final class AuditJournal implements BatchJournal, AutoCloseable {
  private final AuditLog log;
  private final AuditRun run;
  private final String path;

  private AuditJournal(AuditLog log, AuditRun run, String path) {
    this.log = log;
    this.run = run;
    this.path = path;
  }

  /**
   * Tells that the run begins.
   *
   * @param log is closed with this journal
   */
  static AuditJournal begin(String path, AuditLog log, AuditRun run) {
    try {
      log.start(run);
      return new AuditJournal(log, run, path);
    } catch (RuntimeException e) {
      log.close();
      throw e;
    }
  }

  @Override
  public void before(Batch batch) {
    for (Extent extent : batch.extents()) {
      log.append(
          new AuditEvent.ExtentWrite(
              number(batch),
              extent.originOffset(),
              extent.storeOffset(),
              extent.bytes(),
              extent.before(),
              extent.after()));
    }
    log.sync();
  }

  @Override
  public void after(Batch batch, List<FailedRange> failures, @Nullable Problem barrier) {
    long bytes = 0;
    for (Extent extent : batch.extents()) {
      bytes += extent.bytes();
    }
    for (FailedRange failure : failures) {
      failed(failure.originOffset(), failure.storeOffset(), failure.bytes(), failure.problem());
      bytes -= failure.bytes();
    }
    if (barrier == null) {
      log.append(new AuditEvent.BatchWritten(number(batch), batch.extents().size(), bytes));
      return;
    }
    for (Extent extent : batch.extents()) {
      failed(extent.originOffset(), extent.storeOffset(), extent.bytes(), barrier);
    }
  }

  private void failed(long originOffset, long storeOffset, long bytes, Problem problem) {
    log.append(
        new AuditEvent.ExtentFailed(
            originOffset, storeOffset, bytes, problem.code().code(), problem.message()));
  }

  private static long number(Batch batch) {
    return batch.number() + 1L;
  }

  /**
   * Tells how the run ended, durable.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code audit.write}
   */
  void end(Report.Status status, ApplyOutcome outcome, @Nullable Problem problem) {
    Counts bytes = outcome.bytes();
    AuditEvent.Outcome ended =
        switch (status) {
          case APPLIED -> AuditEvent.Outcome.APPLIED;
          case UNCHANGED -> AuditEvent.Outcome.UNCHANGED;
          case INTERRUPTED -> AuditEvent.Outcome.INTERRUPTED;
          case PLANNED, FAILED -> AuditEvent.Outcome.FAILED;
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
        : new AuditFacts(path, run.id().toString(), head.seq(), head.lineSha256());
  }

  @Override
  public void close() {
    log.close();
  }
}

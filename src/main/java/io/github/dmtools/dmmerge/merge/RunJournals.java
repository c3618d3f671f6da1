package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.apply.ApplyOutcome;
import io.github.dmtools.dmmerge.apply.RunJournal;
import io.github.dmtools.dmmerge.audit.AuditJob;
import io.github.dmtools.dmmerge.audit.AuditRun;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import io.github.dmtools.dmmerge.preserve.TornChunkDetector;
import io.github.dmtools.dmmerge.preserve.UndoFile;
import io.github.dmtools.dmmerge.preserve.UndoJournal;
import io.github.dmtools.dmmerge.preserve.UndoRecorder;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What makes a run accountable, as far as the job asks for it: the undo store, made when the first
 * chunk has to be saved, and the audit log, begun before anything is written.
 */
final class RunJournals implements AutoCloseable {
  private final Job job;
  private final JobSession opened;
  private final ExceptionStore store;
  private final BlockDevice origin;
  private final CancelSignal cancel;
  private final @Nullable String planSha256;
  private @Nullable UUID runId;
  private @Nullable AuditJournal audit;
  private @Nullable UndoFile undo;
  private @Nullable UndoRecorder recorder;

  private RunJournals(
      Job job,
      JobSession opened,
      ExceptionStore store,
      BlockDevice origin,
      @Nullable String planSha256,
      CancelSignal cancel) {
    this.planSha256 = planSha256;
    this.job = job;
    this.opened = opened;
    this.store = store;
    this.origin = origin;
    this.cancel = cancel;
  }

  /**
   * Begins to remember.
   *
   * @param origin opened for writing
   * @throws ProblemException {@code audit.*}, and then nothing was written
   */
  static RunJournals begin(
      Job job,
      JobSession opened,
      ExceptionStore store,
      BlockDevice origin,
      RunPlan plan,
      RunEnvironment records,
      CancelSignal cancel) {
    RunJournals journals = new RunJournals(job, opened, store, origin, plan.planSha256(), cancel);
    String log = job.audit();
    if (log != null) {
      AuditRun run =
          new AuditRun(
              journals.runId(),
              origin.path(),
              store.device().path(),
              plan.planSha256(),
              job.label(),
              records.operator());
      AuditJob audited = AuditedJob.of(job, opened, store, origin, plan);
      journals.audit = AuditJournal.begin(records.auditLog(log, opened.warnings()), run, audited);
    }
    return journals;
  }

  /** The one id of this run, made when it is asked for first. */
  private UUID runId() {
    UUID id = runId;
    if (id == null) {
      id = UUID.randomUUID();
      runId = id;
    }
    return id;
  }

  /** What the run has to tell of every batch: first what undoes it, then the log. */
  List<RunJournal> journals() {
    List<RunJournal> journals = new ArrayList<>();
    if (job.undo() != null) {
      journals.add(
          new UndoJournal(this::openUndo, this::requireUntouched, this::requireUndoInPlace));
    }
    if (audit != null) {
      journals.add(audit);
    }
    return journals;
  }

  private UndoRecorder openUndo() {
    UndoFile file = opened.openUndo(String.valueOf(job.undo()), store, runId(), planSha256, cancel);
    undo = file;
    recorder = file.recorder(origin, store.device());
    return recorder;
  }

  private void requireUndoInPlace() {
    if (undo != null) {
      undo.requireInPlace();
    }
  }

  private void requireUntouched(List<PlannedChunk> chunks) {
    if (undo != null) {
      // Read anew each time: the run itself adds to it.
      ExceptionStore saved = undo.saved(origin, CancelSignal.NEVER);
      new TornChunkDetector(saved, store, origin).requireUntouched(chunks);
    }
  }

  /**
   * Closes the books: the undo store is complete if everything was written, and the log says so.
   */
  void end(ApplyOutcome outcome, ReportBuilder report) {
    if (!report.hasProblem()) {
      completeUndo(outcome, report);
    }
    if (undo != null) {
      report.undo(undo.facts());
    }
    if (audit != null) {
      endAudit(audit, outcome, report);
    }
  }

  private void completeUndo(ApplyOutcome outcome, ReportBuilder report) {
    try {
      // A run that was killed right after its last write has left it open.
      if (recorder == null && job.undo() != null && opened.isFile(job.undo())) {
        openUndo();
      }
      if (recorder != null && undo != null) {
        recorder.complete();
        undo.trim();
        undo.requireInPlace();
      }
    } catch (ProblemException e) {
      if (outcome.changed()) {
        report.failed(e.problem());
      } else {
        opened.warnings().warn(e.problem().asWarning());
      }
    }
  }

  private static void endAudit(AuditJournal log, ApplyOutcome outcome, ReportBuilder report) {
    try {
      log.end(report.status(), outcome, report.problem());
    } catch (ProblemException e) {
      report.failed(e.problem());
    }
    report.audit(log.facts());
  }

  /** What must be durable is so by now: a failure is told, and does not cost the report. */
  @Override
  public void close() {
    if (undo != null) {
      close(undo::close);
    }
    if (audit != null) {
      close(audit::close);
    }
  }

  private void close(Runnable closing) {
    try {
      closing.run();
    } catch (ProblemException e) {
      opened.warnings().warn(e.problem().asWarning());
    }
  }
}

package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.apply.ApplyOutcome;
import io.github.dmtools.dmmerge.apply.RunJournal;
import io.github.dmtools.dmmerge.audit.AuditJob;
import io.github.dmtools.dmmerge.audit.AuditRun;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.PreallocatedFile;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.TableDigest;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import io.github.dmtools.dmmerge.preserve.TornChunkDetector;
import io.github.dmtools.dmmerge.preserve.UndoFile;
import io.github.dmtools.dmmerge.preserve.UndoJournal;
import io.github.dmtools.dmmerge.preserve.UndoRecorder;
import io.github.dmtools.dmmerge.preserve.UndoRun;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The journals that the job asks for: the undo store, created when the first chunk is saved, and
 * the audit log, started before the first write.
 */
final class RunJournals implements AutoCloseable {
  private final JobSession session;
  private final ExceptionStore store;
  private final BlockDevice origin;
  private final RunPlan plan;
  private final UUID runId = UUID.randomUUID();
  private @Nullable AuditJournal audit;
  private @Nullable UndoFile undo;
  private @Nullable UndoRecorder recorder;

  private RunJournals(JobSession session, ExceptionStore store, BlockDevice origin, RunPlan plan) {
    this.session = session;
    this.store = store;
    this.origin = origin;
    this.plan = plan;
  }

  /**
   * Starts the audit log, if the job names one.
   *
   * @param origin opened for writing
   * @throws ProblemException {@code audit.*}
   */
  static RunJournals start(
      JobSession session, ExceptionStore store, BlockDevice origin, RunPlan plan) {
    RunJournals journals = new RunJournals(session, store, origin, plan);
    String log = session.run().job().audit();
    if (log != null) {
      journals.audit = journals.startAudit(log);
    }
    return journals;
  }

  private AuditJournal startAudit(String log) {
    Run run = session.run();
    AuditRun audited =
        new AuditRun(
            runId,
            origin.path(),
            store.device().path(),
            plan.planSha256(),
            run.job().label(),
            run.environment().operator());
    AuditJob job = AuditedJob.of(session, store, origin, plan);
    return AuditJournal.start(run.environment().auditLog(log, run.warnings()), audited, job);
  }

  /** The undo journal comes first, so the log never has a write that cannot be undone. */
  List<RunJournal> journals() {
    List<RunJournal> journals = new ArrayList<>();
    String path = session.run().job().undo();
    if (path != null) {
      journals.add(
          new UndoJournal(() -> openUndo(path), this::requireUntouched, this::requireUndoInPlace));
    }
    if (audit != null) {
      journals.add(audit);
    }
    return journals;
  }

  private UndoRecorder openUndo(String path) {
    Run run = session.run();
    UndoRun undoRun =
        new UndoRun(TableDigest.of(store), plan.planSha256(), runId, run.devices().bootId());
    BlockDevice reader = session.origin().device();
    UndoFile file =
        UndoFile.open(
            new UndoFile.Location(run.devices(), path, this::requireApart),
            reader,
            store,
            undoRun,
            run.cancel());
    undo = file;
    recorder = file.recorder(origin, store.device());
    return recorder;
  }

  /** An undo file must not be in use, nor share bytes with the input or the origin. */
  private void requireApart(PreallocatedFile file) {
    Run.refuse(
        Guards.againstUndo(
            session.run().devices().survey(),
            file,
            session.input().device(),
            session.origin().device()));
  }

  private void requireUndoInPlace() {
    if (undo != null) {
      undo.requireInPlace();
    }
  }

  private void requireUntouched(List<PlannedChunk> chunks) {
    if (undo != null) {
      // Read again each time, since the run adds entries.
      ExceptionStore saved = undo.saved(origin, CancelSignal.NEVER);
      new TornChunkDetector(saved, store, origin).requireUntouched(chunks);
    }
  }

  /** Marks the undo store complete if everything was written, and logs the end of the run. */
  void finish(ApplyOutcome outcome, ReportBuilder report) {
    if (!report.hasProblem()) {
      completeUndo(outcome, report);
    }
    if (undo != null) {
      report.undo(undo.facts());
    }
    if (audit != null) {
      finishAudit(audit, outcome, report);
    }
  }

  private void completeUndo(ApplyOutcome outcome, ReportBuilder report) {
    try {
      // A run that was killed right after its last write left the undo store open.
      String path = session.run().job().undo();
      if (recorder == null && path != null && session.run().devices().isFile(path)) {
        openUndo(path);
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
        session.run().warn(e.problem());
      }
    }
  }

  private static void finishAudit(AuditJournal log, ApplyOutcome outcome, ReportBuilder report) {
    try {
      log.finish(report.status(), outcome, report.problem());
    } catch (ProblemException e) {
      report.failed(e.problem());
    }
    report.audit(log.facts());
  }

  /** Everything is durable by now, so a failure is only a warning. */
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
      session.run().warn(e.problem());
    }
  }
}

package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.approval.Approval;
import io.github.dmtools.dmmerge.approval.ApprovalCheck;
import io.github.dmtools.dmmerge.approval.CurrentMerge;
import io.github.dmtools.dmmerge.approval.DigestCheck;
import io.github.dmtools.dmmerge.approval.PlanFileCheck;
import io.github.dmtools.dmmerge.approval.SavedDigests;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.TableDigest;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.plan.PlanDepth;
import io.github.dmtools.dmmerge.plan.PlanSink;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import io.github.dmtools.dmmerge.plan.Planner;
import io.github.dmtools.dmmerge.preserve.TornChunkDetector;
import io.github.dmtools.dmmerge.preserve.UndoFile;
import io.github.dmtools.dmmerge.preserve.UndoHeader;
import io.github.dmtools.dmmerge.preserve.UndoRun;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.WarningSink;
import org.jspecify.annotations.Nullable;

/**
 * Checks the current plan against the one that the job expects. A mismatch is thrown, or is only a
 * warning.
 */
final class ExpectedPlan implements PlanSink, AutoCloseable {
  private final @Nullable WarningSink warnings;
  private @Nullable ApprovalCheck check;
  private @Nullable BlockDevice undo;

  private ExpectedPlan(@Nullable WarningSink warnings) {
    this.warnings = warnings;
  }

  /** Expects nothing. */
  static ExpectedPlan none() {
    return new ExpectedPlan(null);
  }

  /**
   * Throws on a mismatch, if the job expects a plan.
   *
   * @param writing whether the origin must match too
   * @throws ProblemException {@code path.*}, {@code plan.syntax}
   */
  static ExpectedPlan required(JobSession session, ExceptionStore store, boolean writing) {
    return new ExpectedPlan(null).open(session, store, writing);
  }

  /** Warns of a mismatch, if the job expects a plan. */
  static ExpectedPlan warning(JobSession session, ExceptionStore store) {
    return new ExpectedPlan(session.run().warnings()).open(session, store, true);
  }

  private ExpectedPlan open(JobSession session, ExceptionStore store, boolean writing) {
    String expect = session.run().job().expect();
    if (expect != null) {
      try {
        check = check(expect, session, store, writing);
      } catch (ProblemException e) {
        mismatch(e);
      }
    }
    return this;
  }

  private ApprovalCheck check(
      String expect, JobSession session, ExceptionStore store, boolean writing) {
    Run run = session.run();
    SavedDigests saved = savedDigests(session, store, !writing);
    CurrentMerge merge = new CurrentMerge(store.chunkSize(), session.targets(), writing, saved);
    return Job.isDigest(expect)
        ? new DigestCheck(
            Job.digestOf(expect),
            merge,
            sink ->
                new Planner(store, session.originReader(), PlanDepth.DIGEST, sink)
                    .run(run.begin("checking", store), run.cancel()))
        : new PlanFileCheck(
            expect, run.environment().approvedPlan(expect), merge, run.job().retarget());
  }

  /**
   * The digests of chunks before a killed run wrote to them, from its undo store. If that belongs
   * to another job, looking up a chunk throws {@code undo.other_job}.
   *
   * @param finished whether to use the undo store of a completed run too
   */
  private SavedDigests savedDigests(JobSession session, ExceptionStore store, boolean finished) {
    Run run = session.run();
    String path = run.job().undo();
    if (path == null || !run.devices().isFile(path)) {
      return SavedDigests.NONE;
    }
    BlockDevice device = run.devices().openForReading(path, false, run.warnings());
    undo = device;
    UndoHeader header = UndoHeader.read(device).orElse(null);
    if (header == null || (header.complete() && !finished)) {
      return SavedDigests.NONE;
    }
    UndoRun maker = header.run();
    if (maker == null || !maker.tableSha256().equals(TableDigest.of(store))) {
      return chunks -> {
        throw UndoFile.otherJob(device, header);
      };
    }
    BlockDevice origin = session.originReader();
    ExceptionStore saved = ExceptionStore.read(device, origin, run.cancel());
    return new TornChunkDetector(saved, store, origin)::savedSha256;
  }

  @Override
  public void accept(PlannedChunk chunk) {
    if (check != null) {
      try {
        check.accept(chunk);
      } catch (ProblemException e) {
        mismatch(e);
      }
    }
  }

  /**
   * Completes the check after the last exception.
   *
   * @return null if nothing is expected, or after a warning of a mismatch
   * @throws ProblemException {@code plan.*}, {@code device.read}, {@code store.changed}, {@code
   *     run.interrupted}
   */
  @Nullable Approval finish(PlanTotals now) {
    if (check == null) {
      return null;
    }
    try {
      return check.finish(now);
    } catch (ProblemException e) {
      mismatch(e);
      return null;
    }
  }

  private void mismatch(ProblemException e) {
    close();
    if (warnings == null || e.problem().code() == ProblemCode.RUN_INTERRUPTED) {
      throw e;
    }
    warnings.warn(e.problem().asWarning());
  }

  @Override
  public void close() {
    if (check != null) {
      check.close();
      check = null;
    }
    if (undo != null) {
      undo.close();
      undo = null;
    }
  }
}

package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.apply.Applier;
import io.github.dmtools.dmmerge.apply.ApplyOutcome;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.Devices;
import io.github.dmtools.dmmerge.device.LockMode;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.StoreCheck;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.plan.ChunkState;
import io.github.dmtools.dmmerge.plan.MappingSample;
import io.github.dmtools.dmmerge.plan.PlanDepth;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.plan.Planner;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.report.CheckReport;
import io.github.dmtools.dmmerge.report.PlanDocument;
import io.github.dmtools.dmmerge.report.Report;
import io.github.dmtools.dmmerge.report.Verification;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a job: opens and guards the devices, reads the table, plans, applies and reports.
 *
 * <p>Every method throws {@link ProblemException} if it cannot start. Once an apply has started,
 * all failures are in its report.
 */
public final class Merge {
  private final Run.Context context;

  /**
   * @param documents paths of the files that the run will write, besides those of the job
   * @param environment access to plans, audit logs and the operator
   */
  public Merge(
      Devices devices,
      Clock clock,
      RunListener listener,
      CancelSignal cancel,
      List<String> documents,
      RunEnvironment environment) {
    this.context =
        new Run.Context(devices, clock, listener, cancel, List.copyOf(documents), environment);
  }

  /**
   * Plans what the store would change in the origin, without writing. Warns of everything that
   * would stop {@link #apply}.
   *
   * @param checkExpect whether to check the plan that the job expects; false while that plan is
   *     being made
   */
  public PlanTotals plan(Job job, PlanDepth depth, PlanDocument document, boolean checkExpect) {
    Run run = Run.of(job, context);
    if (job.output() == null) {
      return planStore(run, depth, document);
    }
    try (JobSession session = JobSession.open(run, LockMode.SHARED)) {
      session.warnOfProblems();
      ExceptionStore store = session.readStore();
      new UndoInputGuard(session, store).warn(depth != PlanDepth.TABLE);
      try (ExpectedPlan expected =
          checkExpect && depth == PlanDepth.DIGEST
              ? ExpectedPlan.warning(session, store)
              : ExpectedPlan.none()) {
        return new PlanPass(session, store, depth)
            .into(document)
            .run("planning", expected)
            .totals();
      }
    }
  }

  /** Plans without an origin. */
  private static PlanTotals planStore(Run run, PlanDepth depth, PlanDocument document) {
    try (StoreSession session = StoreSession.open(run)) {
      session.warnOfProblems();
      ExceptionStore store = session.readStore();
      if (store.exceptions() > 0 && document.showsLines()) {
        run.warnings().warn(Warnings.unknownSize());
      }
      return new PlanPass(session, store, depth)
          .into(document)
          .run("planning", ExpectedPlan.none())
          .totals();
    }
  }

  /**
   * Writes the store's chunks to the origin if the job has {@code force}; otherwise a dry run.
   *
   * @param maxMappings maximum number of pending mappings in the report
   * @param planOut receives the plan from before the first write; null to write no plan
   */
  public Report apply(Job job, int maxMappings, @Nullable PlanDocument planOut) {
    ReportBuilder report = new ReportBuilder(Report.Command.APPLY, job, context.clock());
    Run run = Run.of(job, context);
    LockMode mode = job.force() ? LockMode.EXCLUSIVE : LockMode.SHARED;
    try (JobSession session = JobSession.open(run, mode)) {
      if (!job.force()) {
        return applyDry(session, maxMappings, planOut, report);
      }
      session.requireWritable();
      ExceptionStore store = session.readStore();
      UndoInputGuard undoInput = new UndoInputGuard(session, store);
      undoInput.requireItsOrigin();
      report.devices(session, store);
      try (BlockDevice origin = session.openOriginForWriting()) {
        undoInput.requireNothingForeign();
        Approved approved = Approved.of(session, store, planOut, report);
        session.recheckGuards();
        context.listener().writing();
        OriginWatch watch = new OriginWatch(run.cancel(), session);
        try (RunJournals journals = RunJournals.start(session, store, origin, approved.plan())) {
          ApplyOutcome outcome =
              new Applier(
                      store,
                      origin,
                      journals.journals(),
                      approved.digests(),
                      // Reading shared blocks again would only compare them with themselves.
                      !job.verify(),
                      maxMappings)
                  .run(run.begin("applying", store), watch);
          report.outcome(outcome);
          if (outcome.changed()) {
            flushAfterWriting(session, watch, report);
          }
          if (job.verify() && !report.hasProblem()) {
            verifyWritten(session, store, report);
          }
          journals.finish(outcome, report);
          return report.applied(run.warnings().list());
        }
      }
    }
  }

  private static Report applyDry(
      JobSession session, int maxMappings, @Nullable PlanDocument planOut, ReportBuilder report) {
    session.warnOfProblems();
    ExceptionStore store = session.readStore();
    UndoInputGuard undoInput = new UndoInputGuard(session, store);
    undoInput.requireItsOrigin();
    undoInput.requireNothingForeign();
    try (ExpectedPlan expected = ExpectedPlan.required(session, store, true)) {
      PlanPass pass = new PlanPass(session, store, PlanDepth.DIGEST).into(planOut);
      return compare(session, store, pass, expected, maxMappings, report);
    }
  }

  private static void flushAfterWriting(
      JobSession session, OriginWatch watch, ReportBuilder report) {
    if (watch.recheck() != null) {
      report.failed(watch.reason());
    }
    try {
      session.flushCaches();
    } catch (ProblemException e) {
      report.failed(e.problem());
    }
  }

  /** Reads the written data again, from the disk and not from the caches. */
  private static void verifyWritten(
      JobSession session, ExceptionStore store, ReportBuilder report) {
    Run run = session.run();
    BlockDevice origin = session.originReader();
    origin.dropCaches();
    try {
      PlanTotals totals =
          new Planner(store, origin, PlanDepth.COMPARE, chunk -> {})
              .run(run.begin("verifying", store), run.cancel());
      report.verified(new Verification(totals.exceptions(), totals.pending()));
      if (totals.pending() > 0) {
        report.failed(
            Problem.at(
                ProblemCode.VERIFY_DIFFERENT,
                origin.path(),
                String.format(
                    "%d of %d chunks of %s differ from what was written",
                    totals.pending(), totals.exceptions(), origin.path())));
      }
    } catch (ProblemException e) {
      report.failed(e.problem());
    }
  }

  /**
   * Compares the origin with the store, without writing. With {@code expect} the store must match
   * the approved plan.
   */
  public Report verify(Job job, int maxMappings) {
    ReportBuilder report = new ReportBuilder(Report.Command.VERIFY, job, context.clock());
    try (JobSession session = JobSession.open(Run.of(job, context), LockMode.SHARED)) {
      session.warnOfContent();
      ExceptionStore store = session.readStore();
      PlanDepth depth = job.expect() == null ? PlanDepth.COMPARE : PlanDepth.DIGEST;
      try (ExpectedPlan expected = ExpectedPlan.required(session, store, false)) {
        PlanPass pass = new PlanPass(session, store, depth);
        return compare(session, store, pass, expected, maxMappings, report);
      }
    }
  }

  private static Report compare(
      JobSession session,
      ExceptionStore store,
      PlanPass pass,
      ExpectedPlan expected,
      int maxMappings,
      ReportBuilder report) {
    report.devices(session, store);
    MappingSample pending = new MappingSample(store.chunkSize(), maxMappings);
    PlanPass.Result found =
        pass.sampledBy(
                chunk -> {
                  if (chunk.state() == ChunkState.PENDING) {
                    pending.add(chunk.index(), chunk.oldChunk(), chunk.newChunk(), chunk.bytes());
                  }
                })
            .run("comparing", expected);
    if (found.approval() != null && found.approval().approvalSha256() == null) {
      session.run().warnings().warn(Warnings.unproved(session.origin().path()));
    }
    report.planned(found);
    return report.compared(found.totals(), pending, session.run().warnings().list());
  }

  /** Checks a store against all rules of its format. */
  public CheckReport check(String path) {
    Run run = Run.of(Job.plain(path, null, false, true, false), context);
    try (StoreSession session = StoreSession.open(run)) {
      StoreCheck check = StoreCheck.of(session.input().reader(), run.cancel());
      return new CheckReport(
          context.clock().instant(), session.input().facts(), check, run.warnings().list());
    }
  }
}

package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.apply.Applier;
import io.github.dmtools.dmmerge.apply.ApplyOutcome;
import io.github.dmtools.dmmerge.approval.Approval;
import io.github.dmtools.dmmerge.approval.ApprovalCheck;
import io.github.dmtools.dmmerge.approval.DigestCheck;
import io.github.dmtools.dmmerge.approval.PlanFileCheck;
import io.github.dmtools.dmmerge.approval.SavedDigests;
import io.github.dmtools.dmmerge.approval.Targets;
import io.github.dmtools.dmmerge.copy.StoreDigests;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.Devices;
import io.github.dmtools.dmmerge.device.LockMode;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.StoreCheck;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.plan.ChunkState;
import io.github.dmtools.dmmerge.plan.MappingSample;
import io.github.dmtools.dmmerge.plan.PlanDepth;
import io.github.dmtools.dmmerge.plan.PlanSink;
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
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The story: open and guard the devices, read the table, plan what differs, apply it, report.
 *
 * <p>Every method throws {@link ProblemException} where it could not begin; an apply that began
 * says in its report how it ended.
 */
public final class Merge {
  private final Devices devices;
  private final Clock clock;
  private final RunListener listener;
  private final CancelSignal cancel;
  private final List<String> preallocatedFiles;
  private final RunEnvironment records;

  /**
   * Wires the story.
   *
   * @param preallocatedFiles paths of the documents that this run is going to write
   * @param records what the run reads and keeps besides its devices
   */
  public Merge(
      Devices devices,
      Clock clock,
      RunListener listener,
      CancelSignal cancel,
      List<String> preallocatedFiles,
      RunEnvironment records) {
    this.records = records;
    this.preallocatedFiles = List.copyOf(preallocatedFiles);
    this.devices = devices;
    this.clock = clock;
    this.listener = listener;
    this.cancel = cancel;
  }

  /**
   * Says what the store would change in the origin, and writes nothing. Warns of what would stop
   * {@link #apply}.
   *
   * @param depth {@link PlanDepth#TABLE} reads the table alone
   * @param checkExpect whether the plan that the job expects is compared; not if it is the one that
   *     is being made
   */
  public PlanTotals plan(Job job, PlanDepth depth, PlanDocument document, boolean checkExpect) {
    Warnings warnings = new Warnings(listener);
    try (JobSession opened =
        JobSession.open(job, devices, warnings, LockMode.SHARED, preallocatedFiles)) {
      opened.warnOfProblems();
      ExceptionStore store = opened.readStore(cancel);
      if (job.output() == null && store.exceptions() > 0 && document.showsLines()) {
        warnings.warn(Warnings.unknownSize());
      }
      opened.warnOfUndo(store, depth != PlanDepth.TABLE, listener, cancel);
      boolean compares = checkExpect && depth == PlanDepth.DIGEST && opened.output() != null;
      try (ExpectedPlan expected =
          ExpectedPlan.warning(() -> compares ? check(job, opened, store) : null, warnings)) {
        Pass pass = new Pass("planning", opened, store, depth, null, warnings);
        return look(pass, document, exception -> {}, expected).totals();
      }
    }
  }

  /**
   * One reading of the table, and of the data as far as {@code depth} says.
   *
   * @param sums remembers what the store held; null if nobody wants it
   */
  private record Pass(
      String what,
      JobSession opened,
      ExceptionStore store,
      PlanDepth depth,
      @Nullable StoreDigests sums,
      Warnings warnings) {}

  /**
   * What a pass found.
   *
   * @param approval null if the job expects nothing
   */
  private record Look(PlanTotals totals, @Nullable Approval approval) {}

  /** Makes the plan of now once, for all who want to see it. Writes nothing. */
  private Look look(
      Pass pass, @Nullable PlanDocument document, PlanSink sample, ExpectedPlan expected) {
    if (document != null) {
      document.begin(pass.opened().planHead(clock.instant(), pass.depth(), pass.store()));
    }
    PlanSink all =
        exception -> {
          if (document != null) {
            document.accept(exception);
          }
          sample.accept(exception);
          expected.accept(exception);
        };
    PlanTotals totals =
        new Planner(pass.store(), pass.opened().output(), pass.depth(), all, pass.sums())
            .run(listener.begin(pass.what(), pass.store().bytes()), cancel);
    Approval approval = expected.finish(totals);
    if (document != null) {
      document.end(
          totals, pass.opened().approvalSha256(pass.store(), totals), pass.warnings().list());
    }
    return new Look(totals, approval);
  }

  private @Nullable ApprovalCheck check(Job job, JobSession opened, ExceptionStore store) {
    return check(job, opened, store, true);
  }

  /**
   * Compares the plan of now with what the job approves; null if it approves whatever there is.
   *
   * @param writing false if any content of the origin will do
   */
  private @Nullable ApprovalCheck check(
      Job job, JobSession opened, ExceptionStore store, boolean writing) {
    String expect = job.expect();
    if (expect == null) {
      return null;
    }
    Targets targets = Objects.requireNonNull(opened.targets());
    SavedDigests torn = opened.savedDigests(job.undo(), !writing, store, cancel);
    if (Job.isDigest(expect)) {
      return new DigestCheck(
          Job.digestOf(expect),
          store,
          Objects.requireNonNull(opened.output()),
          targets,
          writing,
          torn,
          () -> listener.begin("checking", store.bytes()),
          cancel);
    }
    return new PlanFileCheck(
        expect,
        records.approvedPlan(expect),
        store.chunkSize(),
        targets,
        job.retarget(),
        writing,
        torn);
  }

  /**
   * Puts the store's chunks into the origin if the job says force, and only says what it would do
   * if not.
   *
   * @param maxMappings how many pending mappings the report names
   * @param planOut takes the plan too, as it was before the first write; null if nobody wants it
   */
  public Report apply(Job job, int maxMappings, @Nullable PlanDocument planOut) {
    requireOutput(job);
    ReportBuilder report = new ReportBuilder(Report.Command.APPLY, job, clock);
    Warnings warnings = new Warnings(listener);
    LockMode mode = job.force() ? LockMode.EXCLUSIVE : LockMode.SHARED;
    try (JobSession opened = JobSession.open(job, devices, warnings, mode, preallocatedFiles)) {
      if (!job.force()) {
        opened.warnOfProblems();
        ExceptionStore store = opened.readStore(cancel);
        opened.requireItsOrigin(store);
        opened.requireNothingForeign(store, listener, cancel);
        Pass pass = new Pass("comparing", opened, store, PlanDepth.DIGEST, null, warnings);
        return compare(pass, () -> check(job, opened, store), maxMappings, planOut, report);
      }
      opened.requireWritable();
      ExceptionStore store = opened.readStore(cancel);
      opened.requireItsOrigin(store);
      report.devices(opened, store);
      try (BlockDevice origin = opened.openOutputForWriting()) {
        opened.requireNothingForeign(store, listener, cancel);
        Approved approved = approve(job, opened, store, planOut, report, warnings);
        opened.recheckGuards();
        listener.writing();
        OriginWatch watch = new OriginWatch(cancel, opened);
        try (RunJournals journals =
            RunJournals.begin(job, opened, store, origin, approved.plan(), records, cancel)) {
          ApplyOutcome outcome =
              new Applier(
                      store,
                      origin,
                      journals.journals(),
                      approved.sums(),
                      // Shared blocks that are read again say nothing of the store's.
                      !job.verify(),
                      maxMappings)
                  .run(listener.begin("applying", store.bytes()), watch);
          report.outcome(outcome);
          if (outcome.changed() && watch.look() != null) {
            report.failed(watch.reason());
          }
          flushAfterWriting(opened, outcome, report);
          readAgain(job, opened, store, report);
          journals.end(outcome, report);
          return report.applied(warnings.list());
        }
      }
    }
  }

  /**
   * What is known before the first write.
   *
   * @param sums what the store held when it was compared with what was approved; null if whatever
   *     it holds may be written
   */
  private record Approved(RunPlan plan, @Nullable StoreDigests sums) {}

  /** Compares everything with what was approved, and keeps the plan for whoever wants it. */
  private Approved approve(
      Job job,
      JobSession opened,
      ExceptionStore store,
      @Nullable PlanDocument planOut,
      ReportBuilder report,
      Warnings warnings) {
    if (job.expect() == null && planOut == null) {
      return new Approved(RunPlan.UNKNOWN, null);
    }
    StoreDigests sums = job.expect() == null ? null : new StoreDigests(store);
    String what = sums == null ? "planning" : "checking";
    Pass pass = new Pass(what, opened, store, PlanDepth.DIGEST, sums, warnings);
    try (ExpectedPlan expected = ExpectedPlan.required(() -> check(job, opened, store))) {
      Look look = look(pass, planOut, exception -> {}, expected);
      report.planned(look.totals(), look.approval(), opened.approvalSha256(store, look.totals()));
      return new Approved(RunPlan.of(look.totals(), look.approval()), sums);
    }
  }

  /**
   * Who reads the devices next, beneath the page cache or through it, must see what was written.
   */
  private static void flushAfterWriting(
      JobSession opened, ApplyOutcome outcome, ReportBuilder report) {
    if (!outcome.changed()) {
      return;
    }
    try {
      opened.flushCaches();
    } catch (ProblemException e) {
      report.failed(e.problem());
    }
  }

  /** Reads again what was written, from the disk and not from the caches. */
  private void readAgain(Job job, JobSession opened, ExceptionStore store, ReportBuilder report) {
    if (!job.verify() || report.hasProblem()) {
      return;
    }
    BlockDevice origin = Objects.requireNonNull(opened.output());
    origin.dropCaches();
    try {
      PlanTotals totals =
          new Planner(store, origin, PlanDepth.COMPARE, exception -> {})
              .run(listener.begin("verifying", store.bytes()), cancel);
      report.verified(new Verification(totals.exceptions(), totals.pending()));
      if (totals.pending() > 0) {
        report.failed(
            Problem.at(
                ProblemCode.VERIFY_DIFFERENT,
                origin.path(),
                String.format(
                    "%d of %d chunks of %s are not what was written",
                    totals.pending(), totals.exceptions(), origin.path())));
      }
    } catch (ProblemException e) {
      report.failed(e.problem());
    }
  }

  /**
   * Says whether the origin holds what the store says, and writes nothing. With {@code expect} the
   * store must hold what was approved.
   */
  public Report verify(Job job, int maxMappings) {
    requireOutput(job);
    ReportBuilder report = new ReportBuilder(Report.Command.VERIFY, job, clock);
    Warnings warnings = new Warnings(listener);
    try (JobSession opened =
        JobSession.open(job, devices, warnings, LockMode.SHARED, preallocatedFiles)) {
      opened.warnOfContent();
      ExceptionStore store = opened.readStore(cancel);
      PlanDepth depth = job.expect() == null ? PlanDepth.COMPARE : PlanDepth.DIGEST;
      Pass pass = new Pass("comparing", opened, store, depth, null, warnings);
      return compare(pass, () -> check(job, opened, store, false), maxMappings, null, report);
    }
  }

  private Report compare(
      Pass pass,
      Supplier<@Nullable ApprovalCheck> check,
      int maxMappings,
      @Nullable PlanDocument planOut,
      ReportBuilder report) {
    report.devices(pass.opened(), pass.store());
    MappingSample pending = new MappingSample(pass.store().chunkSize(), maxMappings);
    PlanSink sample =
        exception -> {
          if (exception.state() == ChunkState.PENDING) {
            pending.add(
                exception.index(), exception.oldChunk(), exception.newChunk(), exception.bytes());
          }
        };
    try (ExpectedPlan expected = ExpectedPlan.required(check)) {
      Look look = look(pass, planOut, sample, expected);
      Approval approval = look.approval();
      if (approval != null && approval.approvalSha256() == null) {
        pass.warnings().warn(Warnings.unproved(pass.opened()));
      }
      report.planned(
          look.totals(),
          look.approval(),
          pass.opened().approvalSha256(pass.store(), look.totals()));
      return report.compared(look.totals(), pending, pass.warnings().list());
    }
  }

  /** Checks a store against every rule of its format. */
  public CheckReport check(String path) {
    Warnings warnings = new Warnings(listener);
    Job job = Job.plain(path, null, false, true, false);
    try (JobSession opened =
        JobSession.open(job, devices, warnings, LockMode.SHARED, preallocatedFiles)) {
      StoreCheck check = StoreCheck.of(opened.input(), cancel);
      return new CheckReport(clock.instant(), opened.inputFacts(), check, warnings.list());
    }
  }

  private static void requireOutput(Job job) {
    if (job.output() == null) {
      throw new ProblemException(
          new Problem(
              ProblemCode.JOB_OUTPUT_MISSING,
              "the job names no output",
              null,
              "/output",
              null,
              null));
    }
  }
}

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
import io.github.dmtools.dmmerge.plan.DdLine;
import io.github.dmtools.dmmerge.plan.MappingSample;
import io.github.dmtools.dmmerge.plan.PlanDepth;
import io.github.dmtools.dmmerge.plan.PlanSink;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.plan.PlannedException;
import io.github.dmtools.dmmerge.plan.Planner;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.Warning;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
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
  private final List<String> ownFiles;
  private final Records records;

  /**
   * Wires the story.
   *
   * @param ownFiles paths of the documents that this run is going to write
   * @param records what the run reads and keeps besides its devices
   */
  public Merge(
      Devices devices,
      Clock clock,
      RunListener listener,
      CancelSignal cancel,
      List<String> ownFiles,
      Records records) {
    this.records = records;
    this.ownFiles = List.copyOf(ownFiles);
    this.devices = devices;
    this.clock = clock;
    this.listener = listener;
    this.cancel = cancel;
  }

  /**
   * Says what the store would change in the origin, and writes nothing.
   *
   * @param depth {@link PlanDepth#TABLE} reads the table alone
   */
  public PlanTotals plan(Job job, PlanDepth depth, PlanDocument document) {
    Warnings warnings = new Warnings(listener);
    try (OpenJob opened = OpenJob.open(job, devices, warnings, LockMode.SHARED, ownFiles)) {
      opened.warnOfProblems();
      ExceptionStore store = opened.readStore(cancel);
      return plan(job, opened, store, depth, document, warnings);
    }
  }

  private PlanTotals plan(
      Job job,
      OpenJob opened,
      ExceptionStore store,
      PlanDepth depth,
      PlanDocument document,
      Warnings warnings) {
    BlockDevice origin = opened.output();
    document.begin(
        new PlanHead(
            clock.instant(),
            job,
            depth == PlanDepth.TABLE,
            DeviceFacts.of(opened.input()),
            opened.originFacts(),
            StoreFacts.of(store),
            new DdLine(store.chunkSize(), opened.input(), origin, job.direct())));
    PlanTotals totals =
        new Planner(store, origin, depth, document)
            .run(listener.begin("planning", store.bytes()), cancel);
    document.end(totals, warnings.list());
    return totals;
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
    try (OpenJob opened = OpenJob.open(job, devices, warnings, mode, ownFiles)) {
      if (!job.force()) {
        opened.warnOfProblems();
        ExceptionStore store = opened.readStore(cancel);
        opened.requireItsOrigin(store);
        approve(job, opened, store);
        return compare(
            job, opened, store, PlanDepth.DIGEST, maxMappings, planOut, report, warnings);
      }
      opened.requireWritable();
      ExceptionStore store = opened.readStore(cancel);
      opened.requireItsOrigin(store);
      report.devices(opened, store);
      RunPlan known = RunPlan.UNKNOWN;
      if (planOut != null) {
        known = RunPlan.of(plan(job, opened, store, PlanDepth.DIGEST, planOut, warnings));
        report.planSha256(known.planSha256());
      }
      try (BlockDevice origin = opened.openOutputForWriting()) {
        Approval approval = approve(job, opened, store);
        if (approval != null) {
          report.planSha256(approval.planSha256());
          known = known.withPlanSha256(approval.planSha256());
        }
        opened.lookAgain();
        listener.writing();
        OriginWatch watch = new OriginWatch(cancel, opened);
        try (Trust trust = Trust.begin(job, opened, store, origin, known, records, cancel)) {
          ApplyOutcome outcome =
              new Applier(
                      store,
                      origin,
                      trust.journals(),
                      approval == null ? null : approval.sums(),
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
          trust.end(outcome, report);
          return report.applied(warnings.list());
        }
      }
    }
  }

  /** Holds everything against the approved plan; null if any plan will do. */
  private @Nullable Approval approve(Job job, OpenJob opened, ExceptionStore store) {
    String expect = job.expect();
    return expect == null
        ? null
        : Approval.check(
            expect,
            store,
            Objects.requireNonNull(opened.output()),
            opened.halfWritten(job.undo(), store, cancel),
            records::approvedPlan,
            listener.begin("checking", store.bytes()),
            cancel);
  }

  /**
   * Who reads the devices next, beneath the page cache or through it, must see what was written.
   */
  private static void flushAfterWriting(
      OpenJob opened, ApplyOutcome outcome, ReportBuilder report) {
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
  private void readAgain(Job job, OpenJob opened, ExceptionStore store, ReportBuilder report) {
    if (!job.verify() || report.hasProblem()) {
      return;
    }
    BlockDevice origin = Objects.requireNonNull(opened.output());
    origin.forgetCaches();
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

  /** Says whether the origin holds what the store says, and writes nothing. */
  public Report verify(Job job, int maxMappings) {
    requireOutput(job);
    ReportBuilder report = new ReportBuilder(Report.Command.VERIFY, job, clock);
    Warnings warnings = new Warnings(listener);
    try (OpenJob opened = OpenJob.open(job, devices, warnings, LockMode.SHARED, ownFiles)) {
      opened.warnOfContent();
      ExceptionStore store = opened.readStore(cancel);
      return compare(job, opened, store, PlanDepth.COMPARE, maxMappings, null, report, warnings);
    }
  }

  private Report compare(
      Job job,
      OpenJob opened,
      ExceptionStore store,
      PlanDepth depth,
      int maxMappings,
      @Nullable PlanDocument planOut,
      ReportBuilder report,
      Warnings warnings) {
    report.devices(opened, store);
    MappingSample pending = new MappingSample(store.chunkSize(), maxMappings);
    PlanSink sample =
        exception -> {
          if (exception.state() == ChunkState.PENDING) {
            pending.add(
                exception.index(), exception.oldChunk(), exception.newChunk(), exception.bytes());
          }
        };
    PlanTotals totals =
        planOut == null
            ? new Planner(store, opened.output(), depth, sample)
                .run(listener.begin("comparing", store.bytes()), cancel)
            : plan(job, opened, store, depth, new SampledDocument(planOut, sample), warnings);
    return report.compared(totals, pending, warnings.list());
  }

  /** Holds a store against every rule of its format. */
  public CheckReport check(String path) {
    Warnings warnings = new Warnings(listener);
    Job job = Job.plain(path, null, false, true, false);
    try (OpenJob opened = OpenJob.open(job, devices, warnings, LockMode.SHARED, ownFiles)) {
      StoreCheck check = StoreCheck.of(opened.input(), cancel);
      return new CheckReport(
          clock.instant(), DeviceFacts.of(opened.input()), check, warnings.list());
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

  /** A plan's document that lets somebody else see the exceptions too. */
  private record SampledDocument(PlanDocument document, PlanSink sample) implements PlanDocument {
    @Override
    public void begin(PlanHead head) {
      document.begin(head);
    }

    @Override
    public void accept(PlannedException exception) {
      document.accept(exception);
      sample.accept(exception);
    }

    @Override
    public void end(PlanTotals totals, List<Warning> warnings) {
      document.end(totals, warnings);
    }
  }
}

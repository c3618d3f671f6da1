package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.approval.Approval;
import io.github.dmtools.dmmerge.copy.StoreDigests;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.plan.PlanDepth;
import io.github.dmtools.dmmerge.plan.PlanSink;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import io.github.dmtools.dmmerge.plan.Planner;
import io.github.dmtools.dmmerge.report.PlanDocument;
import org.jspecify.annotations.Nullable;

/**
 * The single pass over the table, and the data if the depth requires it, that passes the current
 * plan to all its consumers. Writes nothing to the devices.
 */
final class PlanPass {
  private final StoreSession session;
  private final ExceptionStore store;
  private final PlanDepth depth;
  private @Nullable PlanDocument document;
  private PlanSink sample = chunk -> {};
  private @Nullable StoreDigests digests;

  PlanPass(StoreSession session, ExceptionStore store, PlanDepth depth) {
    this.session = session;
    this.store = store;
    this.depth = depth;
  }

  /**
   * The result of a pass.
   *
   * @param approval the job's approval; null if the job expects nothing
   * @param approvalSha256 the digest that approves this plan; null without an output or digests
   */
  record Result(PlanTotals totals, @Nullable Approval approval, @Nullable String approvalSha256) {}

  /** Writes the plan to a document, unless it is null. */
  PlanPass into(@Nullable PlanDocument plan) {
    document = plan;
    return this;
  }

  /** Passes every exception to a sink too. */
  PlanPass sampledBy(PlanSink sink) {
    sample = sink;
    return this;
  }

  /** Records the digests of the store's data, unless {@code recorded} is null. */
  PlanPass recordingTo(@Nullable StoreDigests recorded) {
    digests = recorded;
    return this;
  }

  /**
   * Makes the plan and checks it against the expected one.
   *
   * @param what name of the pass in the progress display
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code plan.*}, {@code device.read},
   *     {@code store.changed}, {@code run.interrupted}
   */
  Result run(String what, ExpectedPlan expected) {
    Run run = session.run();
    if (document != null) {
      document.begin(session.planHead(run.context().clock().instant(), depth, store));
    }
    PlanTotals totals =
        new Planner(store, session.originReader(), depth, chunk -> show(chunk, expected), digests)
            .run(run.begin(what, store), run.cancel());
    Approval approval = expected.finish(totals);
    String approvalSha256 = session.approvalSha256(store, totals);
    if (document != null) {
      document.end(totals, approvalSha256, run.warnings().list());
    }
    return new Result(totals, approval, approvalSha256);
  }

  private void show(PlannedChunk chunk, ExpectedPlan expected) {
    if (document != null) {
      document.accept(chunk);
    }
    sample.accept(chunk);
    expected.accept(chunk);
  }
}

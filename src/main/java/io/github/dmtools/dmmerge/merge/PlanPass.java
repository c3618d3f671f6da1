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
 * The one pass over the table, and over the data as far as the depth says, that makes the plan of
 * now for all who want to see it. Writes nothing.
 */
final class PlanPass {
  private final StoreSession session;
  private final ExceptionStore store;
  private final PlanDepth depth;
  private @Nullable PlanDocument document;
  private PlanSink sample = chunk -> {};
  private @Nullable StoreDigests digests;

  /** One that nobody wants to see yet. */
  PlanPass(StoreSession session, ExceptionStore store, PlanDepth depth) {
    this.session = session;
    this.store = store;
    this.depth = depth;
  }

  /**
   * What the pass found.
   *
   * @param approval what the job approves; null if it approves whatever there is
   * @param approvalSha256 what would approve this plan; null if it has no output or no digests
   */
  record Result(PlanTotals totals, @Nullable Approval approval, @Nullable String approvalSha256) {}

  /** Writes the plan to a document, unless that is null. */
  PlanPass into(@Nullable PlanDocument plan) {
    document = plan;
    return this;
  }

  /** Gives every exception to a sink too. */
  PlanPass sampledBy(PlanSink sink) {
    sample = sink;
    return this;
  }

  /** Remembers what the store holds, unless {@code remembered} is null. */
  PlanPass rememberedBy(@Nullable StoreDigests remembered) {
    digests = remembered;
    return this;
  }

  /**
   * Makes the plan, and compares it with the one that is expected.
   *
   * @param what the pass is called where people see it
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

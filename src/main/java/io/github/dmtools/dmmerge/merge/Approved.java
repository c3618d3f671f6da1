package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.copy.StoreDigests;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.plan.PlanDepth;
import io.github.dmtools.dmmerge.report.PlanDocument;
import org.jspecify.annotations.Nullable;

/**
 * What is known before the first write.
 *
 * @param digests what the store held when it was compared with what was approved; null if whatever
 *     it holds may be written
 */
record Approved(RunPlan plan, @Nullable StoreDigests digests) {
  /**
   * Compares everything with what the job approves, and writes the plan for whoever wants it. Reads
   * no data if nobody asks for that.
   *
   * @param planOut null if nobody wants the plan
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code plan.*}, {@code device.read},
   *     {@code store.changed}, {@code run.interrupted}
   */
  static Approved of(
      JobSession session,
      ExceptionStore store,
      @Nullable PlanDocument planOut,
      ReportBuilder report) {
    boolean expects = session.run().job().expect() != null;
    if (!expects && planOut == null) {
      return new Approved(RunPlan.UNKNOWN, null);
    }
    StoreDigests digests = expects ? new StoreDigests(store) : null;
    try (ExpectedPlan expected = ExpectedPlan.required(session, store, true)) {
      PlanPass.Result found =
          new PlanPass(session, store, PlanDepth.DIGEST)
              .into(planOut)
              .rememberedBy(digests)
              .run(expects ? "checking" : "planning", expected);
      report.planned(found);
      return new Approved(RunPlan.of(found), digests);
    }
  }
}

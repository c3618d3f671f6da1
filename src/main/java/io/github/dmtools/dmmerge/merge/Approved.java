package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.copy.StoreDigests;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.plan.PlanDepth;
import io.github.dmtools.dmmerge.report.PlanDocument;
import org.jspecify.annotations.Nullable;

/**
 * The plan and the approved data, determined before the first write.
 *
 * @param digests digests of the store's data that may be written; null if any data may be
 */
record Approved(RunPlan plan, @Nullable StoreDigests digests) {
  /**
   * Checks the store and the origin against the job's approval and writes the plan, in one pass.
   * Reads no data if the job asks for neither.
   *
   * @param planOut null to write no plan
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
              .recordingTo(digests)
              .run(expects ? "checking" : "planning", expected);
      report.planned(found);
      return new Approved(RunPlan.of(found), digests);
    }
  }
}

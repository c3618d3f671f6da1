package io.github.dmtools.dmmerge.approval;

import io.github.dmtools.dmmerge.plan.OriginsDigest;
import io.github.dmtools.dmmerge.plan.PlanSink;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Compares an {@code approval_sha256} with that of the current plan. If a killed run has changed
 * the origin, the content that its undo store saved is used instead of the current one.
 */
public final class DigestCheck implements ApprovalCheck {
  /** Exceptions per lookup in the undo store, since each lookup reads its whole table. */
  private static final int LOOKUP_CHUNKS = 1 << 16;

  private final String approved;
  private final CurrentMerge merge;
  private final Consumer<PlanSink> planAgain;

  /**
   * Creates a check.
   *
   * @param approved digest in hexadecimal
   * @param planAgain passes all exceptions of the current plan, with their digests, once more
   */
  public DigestCheck(String approved, CurrentMerge merge, Consumer<PlanSink> planAgain) {
    this.approved = approved;
    this.merge = merge;
    this.planAgain = planAgain;
  }

  @Override
  public void accept(PlannedChunk now) {
    // The totals have the digests of all exceptions.
  }

  @Override
  public Approval finish(PlanTotals now) {
    Targets targets = merge.targets();
    String planSha256 = String.valueOf(now.planSha256());
    if (approved.equals(planSha256)) {
      throw problem(
          ProblemCode.PLAN_WEAK_DIGEST,
          approved + " is a plan_sha256, which does not cover the origin",
          targets.origin().path());
    }
    boolean somethingSaved = merge.torn() != SavedDigests.NONE;
    String here = approvalOf(planSha256, String.valueOf(now.originsSha256()));
    if (here.equals(approved)) {
      return new Approval(planSha256, approved, null);
    }
    boolean nothingToWrite = now.pending() == 0;
    if (merge.writing() && nothingToWrite) {
      return new Approval(planSha256, null, null);
    }
    if (somethingSaved && approvalOf(planSha256, originsBefore()).equals(approved)) {
      return new Approval(planSha256, approved, null);
    }
    if (nothingToWrite) {
      return new Approval(planSha256, null, null);
    }
    if (now.applied() == 0 || somethingSaved) {
      throw problem(
          ProblemCode.PLAN_STALE,
          String.format(
              "the approval_sha256 of %s and %s is now %s: their content, or the path, size or name of"
                  + " one of them, differs from what was approved",
              targets.store().path(), targets.origin().path(), here),
          targets.store().path());
    }
    throw problem(
        ProblemCode.PLAN_UNPROVED,
        String.format(
            "%d of %d chunks of %s equal the store already, and a digest alone does not prove whether"
                + " the rest is as approved",
            now.applied(), now.exceptions(), targets.origin().path()),
        targets.origin().path());
  }

  private String approvalOf(String planSha256, String originsSha256) {
    return ApprovalDigest.of(planSha256, originsSha256, merge.chunkSize(), merge.targets());
  }

  private static ProblemException problem(ProblemCode code, String message, String path) {
    return new ProblemException(new Problem(code, message, path, "/expect", null, null));
  }

  private String originsBefore() {
    OriginsBefore before = new OriginsBefore();
    planAgain.accept(before);
    return before.sha256();
  }

  @Override
  public void close() {
    // Nothing is open.
  }

  /** Digests the content of the origin before the killed run. */
  private final class OriginsBefore implements PlanSink {
    private final OriginsDigest digest = new OriginsDigest();
    private final List<PlannedChunk> waiting = new ArrayList<>();

    @Override
    public void accept(PlannedChunk exception) {
      waiting.add(exception);
      if (waiting.size() == LOOKUP_CHUNKS) {
        lookUp();
      }
    }

    private void lookUp() {
      Map<Long, String> saved = merge.torn().among(waiting);
      for (PlannedChunk exception : waiting) {
        String before = saved.get(exception.oldChunk());
        String sha256 = before == null ? String.valueOf(exception.originSha256()) : before;
        digest.add(HexFormat.of().parseHex(sha256));
      }
      waiting.clear();
    }

    String sha256() {
      lookUp();
      return digest.hex();
    }
  }
}

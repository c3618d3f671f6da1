package io.github.dmtools.dmmerge.approval;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.plan.ChunkState;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a plan and checks that it is consistent: everything that can be computed from its
 * exceptions must have the computed value. A contradiction is {@code plan.syntax}.
 */
public final class CheckedPlan {
  private final String path;
  private final ApprovedPlan plan;
  private final DdLinesCheck ddLines = new DdLinesCheck();
  private final PlanDigests records = new PlanDigests();
  private long exceptions;
  private long pending;
  private long bytes;
  private long pendingBytes;
  private long withOrigin;
  private @Nullable ProblemException contradiction;

  /**
   * @param path where the plan came from, for problems
   */
  public CheckedPlan(String path, ApprovedPlan plan) {
    this.path = path;
    this.plan = plan;
  }

  /**
   * The next exception, or null after the last one.
   *
   * @throws ProblemException {@code plan.syntax} if it is not a plan, or was made from the table
   *     alone
   */
  public @Nullable PlannedChunk next() {
    PlannedChunk next = plan.next();
    if (next != null) {
      add(next);
    }
    return next;
  }

  private void add(PlannedChunk exception) {
    String source = exception.sourceSha256();
    String origin = exception.originSha256();
    if (source == null) {
      throw broken("has no digests: it was made of the table alone");
    }
    records.add(exception, source, origin);
    boolean isPending = origin != null && !source.equals(origin);
    ChunkState state = origin == null ? null : isPending ? ChunkState.PENDING : ChunkState.APPLIED;
    requireOfException(exception.index() == exceptions, "index");
    requireOfException(exception.state() == state, "state");
    requireOfException(
        ddLines.add(plan.dd(), exception.oldChunk(), exception.newChunk(), exception.bytes()),
        "dd");
    exceptions++;
    bytes += exception.bytes();
    if (origin != null) {
      withOrigin++;
    }
    if (isPending) {
      pending++;
      pendingBytes += exception.bytes();
    }
  }

  /** Records only the first contradiction: a later syntax error takes precedence. */
  private void requireOfException(boolean holds, String member) {
    if (!holds && contradiction == null) {
      contradiction =
          broken(
              String.format(
                  "contradicts itself: /exceptions/%d/%s does not follow from the rest",
                  exceptions, member));
    }
  }

  /**
   * Checks everything but the exceptions. To be called after the last exception.
   *
   * @throws ProblemException {@code plan.syntax}
   */
  public Checked finish() {
    ApprovedPlan.Facts facts = plan.facts();
    if (contradiction != null) {
      throw contradiction;
    }
    String planSha256 = facts.planSha256();
    if (planSha256 == null) {
      throw broken("has no plan_sha256: it was made of the table alone");
    }
    ChunkSize chunkSize = chunkSize(facts);
    require(planSha256.equals(records.planSha256(chunkSize)), "plan_sha256");
    require(facts.exceptions() == exceptions, "store/exceptions");
    boolean hasOrigins = facts.originsSha256() != null;
    require(hasOrigins == (facts.output() != null), "origins_sha256");
    require(withOrigin == (hasOrigins ? exceptions : 0), "exceptions");
    require(!hasOrigins || records.originsSha256().equals(facts.originsSha256()), "origins_sha256");
    require(facts.summary().equals(summary(hasOrigins)), "summary");
    require(ddLines.fits(facts, chunkSize), "exceptions");
    String approvalSha256 = null;
    Target input = facts.input().target();
    Target output = facts.output() == null ? null : facts.output().target();
    if (output != null && hasOrigins) {
      Targets targets = new Targets(input, output);
      approvalSha256 =
          ApprovalDigest.of(planSha256, String.valueOf(facts.originsSha256()), chunkSize, targets);
    }
    String stated = facts.approvalSha256();
    require(stated == null || stated.equals(approvalSha256), "approval_sha256");
    return new Checked(
        facts.createdAt(), planSha256, approvalSha256, stated != null, chunkSize, input, output);
  }

  private ChunkSize chunkSize(ApprovedPlan.Facts facts) {
    long sectors = facts.chunkSectors();
    require(
        ChunkSize.isValidSectors(sectors) && sectors * ChunkSize.SECTOR_BYTES == facts.chunkBytes(),
        "store/chunk_bytes");
    return ChunkSize.ofSectors(sectors);
  }

  private ApprovedPlan.Summary summary(boolean compared) {
    return new ApprovedPlan.Summary(
        exceptions,
        compared ? pending : null,
        compared ? exceptions - pending : null,
        bytes,
        compared ? pendingBytes : null,
        compared ? bytes - pendingBytes : null);
  }

  private void require(boolean holds, String member) {
    if (!holds) {
      throw broken("contradicts itself: /" + member + " does not follow from the rest");
    }
  }

  private ProblemException broken(String what) {
    return new ProblemException(
        Problem.at(ProblemCode.PLAN_SYNTAX, path, "the approved plan " + path + " " + what));
  }

  /**
   * A consistent plan.
   *
   * @param createdAt the plan's text; null if it is not a string
   * @param approvalSha256 null if the plan has no output
   * @param namesDevices it has the lasting names of its devices, unlike one of an earlier version
   * @param output null if the plan has none
   */
  public record Checked(
      @Nullable String createdAt,
      String planSha256,
      @Nullable String approvalSha256,
      boolean namesDevices,
      ChunkSize chunkSize,
      Target input,
      @Nullable Target output) {}
}

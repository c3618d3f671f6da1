package io.github.dmtools.dmmerge.approval;

import io.github.dmtools.dmmerge.plan.ChunkState;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares the approved plan with the current one, exception by exception. A chunk of the origin
 * must have the approved content or that of the store, or have been written in part by a killed
 * run.
 */
public final class PlanFileCheck implements ApprovalCheck {
  /** A killed run leaves at most one incomplete batch: 1 GiB, in chunks of 4 KiB. */
  private static final int MAX_SUSPECTS = 1 << 18;

  /** A plan is untrusted and may be arbitrarily long. */
  private static final int MAX_MISSING = 1 << 18;

  private final String path;
  private final ApprovedPlan file;
  private final CheckedPlan plan;
  private final CurrentMerge merge;
  private final Targets targets;
  private final boolean retarget;
  private final Deviation stale = new Deviation();
  private final List<PlannedChunk> suspects = new ArrayList<>();
  private final List<String> seen = new ArrayList<>();
  private long moreSuspects;
  private long exceptions;
  private long missing;

  /**
   * Creates a check.
   *
   * @param file closed with this check
   * @param retarget the plan may be for other devices
   */
  public PlanFileCheck(String path, ApprovedPlan file, CurrentMerge merge, boolean retarget) {
    this.path = path;
    this.file = file;
    this.plan = new CheckedPlan(path, file);
    this.merge = merge;
    this.targets = merge.targets();
    this.retarget = retarget;
  }

  @Override
  public void accept(PlannedChunk now) {
    exceptions++;
    PlannedChunk then = plan.next();
    if (then == null || !isSameWork(then, now)) {
      stale.add(now);
    } else if (merge.writing() && isSuspect(then, now)) {
      suspect(now, String.valueOf(then.originSha256()));
    }
  }

  private static boolean isSameWork(PlannedChunk then, PlannedChunk now) {
    return then.index() == now.index()
        && then.oldChunk() == now.oldChunk()
        && then.newChunk() == now.newChunk()
        && then.bytes() == now.bytes()
        && String.valueOf(now.sourceSha256()).equals(then.sourceSha256());
  }

  private static boolean isSuspect(PlannedChunk then, PlannedChunk now) {
    String seen = then.originSha256();
    return now.state() == ChunkState.PENDING && seen != null && !seen.equals(now.originSha256());
  }

  private void suspect(PlannedChunk now, String seenSha256) {
    if (suspects.size() < (merge.torn() == SavedDigests.NONE ? 1 : MAX_SUSPECTS)) {
      suspects.add(now);
      seen.add(seenSha256);
    } else {
      moreSuspects++;
    }
  }

  /** An inconsistent plan is refused as such, before it is compared. */
  @Override
  public Approval finish(PlanTotals now) {
    while (plan.next() != null) {
      missing++;
      if (missing > MAX_MISSING) {
        throw stale("has over " + MAX_MISSING + " more exceptions than the store");
      }
    }
    CheckedPlan.Checked checked = plan.finish();
    Targets planned = requireTargets(checked);
    if (!checked.chunkSize().equals(merge.chunkSize())) {
      throw stale("has chunks of " + checked.chunkSize().bytes() + " bytes, unlike the store");
    }
    if (stale.count > 0) {
      String what = stale.describe(stale.newChunk, targets.store().path());
      throw stale("and the store differ in " + what);
    }
    if (missing > 0) {
      String more = missing == 1 ? "one exception" : missing + " exceptions";
      throw stale("has " + more + " more than the store");
    }
    requireOrigin();
    return new Approval(checked.planSha256(), checked.approvalSha256(), planned);
  }

  /** Returns the plan's devices if they differ from the job's and that is permitted. */
  private @Nullable Targets requireTargets(CheckedPlan.Checked checked) {
    Target output = checked.output();
    if (output == null) {
      throw otherTarget(
          "was made without an output, so it does not cover the origin",
          "make the plan of a job with this output, and approve that");
    }
    Targets planned = new Targets(checked.input(), output);
    if (retarget) {
      return planned.equals(targets) ? null : planned;
    }
    if (!checked.namesDevices()) {
      throw otherTarget(
          "has no approval_sha256: an earlier version made it, without the names of its devices",
          "plan again; \"retarget\": true if it was made for these devices");
    }
    if (planned.equals(targets)) {
      return null;
    }
    throw checked.input().equals(targets.store())
        ? otherTarget("output", output, targets.origin())
        : otherTarget("input", checked.input(), targets.store());
  }

  private ProblemException otherTarget(String which, Target planned, Target now) {
    return otherTarget("is for the " + which + " " + planned + ", and the job's is " + now, null);
  }

  private ProblemException otherTarget(String what, @Nullable String hint) {
    return new ProblemException(
        Problem.at(ProblemCode.PLAN_OTHER_TARGET, path, "the approved plan " + path + " " + what)
            .withHint(hint));
  }

  private void requireOrigin() {
    Deviation foreign = new Deviation();
    Map<Long, String> saved =
        moreSuspects > 0 || suspects.isEmpty() ? Map.of() : merge.torn().among(suspects);
    for (int i = 0; i < suspects.size(); i++) {
      if (!seen.get(i).equals(saved.get(suspects.get(i).oldChunk()))) {
        foreign.add(suspects.get(i));
      }
    }
    foreign.count += moreSuspects;
    if (foreign.count > 0) {
      String origin = targets.origin().path();
      throw new ProblemException(
          Problem.at(
              ProblemCode.PLAN_FOREIGN,
              origin,
              merge.chunkSize().offsetOf(foreign.oldChunk),
              String.format(
                  "%s was written to since %s was approved: %s",
                  origin, path, foreign.describe(foreign.oldChunk, origin))));
    }
  }

  private ProblemException stale(String what) {
    return new ProblemException(
        new Problem(
            ProblemCode.PLAN_STALE,
            "the approved plan " + path + " " + what,
            targets.store().path(),
            null,
            stale.count > 0 ? merge.chunkSize().offsetOf(stale.newChunk) : null,
            null));
  }

  @Override
  public void close() {
    file.close();
  }

  /** The first exception that deviates, and the number of them. */
  private final class Deviation {
    private long count;
    private long oldChunk;
    private long newChunk;

    void add(PlannedChunk exception) {
      if (count++ == 0) {
        oldChunk = exception.oldChunk();
        newChunk = exception.newChunk();
      }
    }

    String describe(long chunk, String device) {
      return String.format(
          "%d of %d chunks, the first of them chunk %d (at byte %d of %s; old_chunk %d, new_chunk"
              + " %d)",
          count, exceptions, chunk, merge.chunkSize().offsetOf(chunk), device, oldChunk, newChunk);
    }
  }
}

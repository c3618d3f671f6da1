package io.github.dmtools.dmmerge.approval;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
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
 * Walks along both plans, the approved one and the one of now. A chunk of the origin must be what
 * the approved plan saw or what the store holds, or have been written in part by a run that was
 * killed.
 */
public final class PlanFileCheck implements ApprovalCheck {
  /** No more than a batch can be half written: 1 GiB, in chunks of 4 KiB. */
  private static final int MAX_SUSPECTS = 1 << 18;

  /** A plan is untrusted and may be arbitrarily long. */
  private static final int MAX_MISSING = 1 << 18;

  private final String path;
  private final ApprovedPlan file;
  private final CheckedPlan plan;
  private final ChunkSize chunkSize;
  private final Targets targets;
  private final boolean retarget;
  private final boolean comparesOrigin;
  private final SavedDigests torn;
  private final Deviation stale = new Deviation();
  private final List<PlannedChunk> suspects = new ArrayList<>();
  private final List<String> seen = new ArrayList<>();
  private long moreSuspects;
  private long exceptions;
  private long missing;

  /**
   * @param file is closed with this
   * @param chunkSize the job's store's
   * @param targets the job's devices
   * @param retarget the plan may have been made for others
   * @param comparesOrigin false if any content of the origin will do
   * @param torn what is known of a run that was killed
   */
  public PlanFileCheck(
      String path,
      ApprovedPlan file,
      ChunkSize chunkSize,
      Targets targets,
      boolean retarget,
      boolean comparesOrigin,
      SavedDigests torn) {
    this.path = path;
    this.file = file;
    this.plan = new CheckedPlan(path, file);
    this.chunkSize = chunkSize;
    this.targets = targets;
    this.retarget = retarget;
    this.comparesOrigin = comparesOrigin;
    this.torn = torn;
  }

  @Override
  public void accept(PlannedChunk now) {
    exceptions++;
    PlannedChunk then = plan.next();
    if (then == null || !isSameWork(then, now)) {
      stale.add(now);
    } else if (comparesOrigin && isSuspect(then, now)) {
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
    if (suspects.size() < (torn == SavedDigests.NONE ? 1 : MAX_SUSPECTS)) {
      suspects.add(now);
      seen.add(seenSha256);
    } else {
      moreSuspects++;
    }
  }

  /** A plan that contradicts itself is refused as that before it is compared with anything. */
  @Override
  public Approval finish(PlanTotals now) {
    while (plan.next() != null) {
      missing++;
      if (missing > MAX_MISSING) {
        throw stale("names over " + MAX_MISSING + " exceptions more than the store has now");
      }
    }
    CheckedPlan.Checked checked = plan.finish();
    Targets planned = requireTargets(checked);
    if (!checked.chunkSize().equals(chunkSize)) {
      throw stale(
          "has chunks of " + checked.chunkSize().bytes() + " bytes, and the store has others now");
    }
    if (stale.count > 0) {
      String what = stale.tell(stale.newChunk, targets.store().path());
      throw stale("and the store differ in " + what);
    }
    if (missing > 0) {
      String more = missing == 1 ? "one exception" : missing + " exceptions";
      throw stale("names " + more + " more than the store has now");
    }
    requireOrigin();
    return new Approval(checked.planSha256(), checked.approvalSha256(), planned);
  }

  /** Returns the devices that the plan was made for if they are others, and may be. */
  private @Nullable Targets requireTargets(CheckedPlan.Checked checked) {
    Target output = checked.output();
    if (output == null) {
      throw otherTarget(
          "was made without an output: it does not say what the origin held",
          "make the plan of a job with this output, and approve that");
    }
    Targets planned = new Targets(checked.input(), output);
    if (retarget) {
      return planned.equals(targets) ? null : planned;
    }
    if (!checked.namesDevices()) {
      throw otherTarget(
          "has no approval_sha256: an earlier version made it, which did not record what devices it is"
              + " for",
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
        moreSuspects > 0 || suspects.isEmpty() ? Map.of() : torn.among(suspects);
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
              chunkSize.offsetOf(foreign.oldChunk),
              String.format(
                  "%s was written to since %s was approved: %s",
                  origin, path, foreign.tell(foreign.oldChunk, origin))));
    }
  }

  private ProblemException stale(String what) {
    return new ProblemException(
        new Problem(
            ProblemCode.PLAN_STALE,
            "the approved plan " + path + " " + what,
            targets.store().path(),
            null,
            stale.count > 0 ? chunkSize.offsetOf(stale.newChunk) : null,
            null));
  }

  @Override
  public void close() {
    file.close();
  }

  /** The first exception that deviates, and how many do. */
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

    String tell(long chunk, String device) {
      return String.format(
          "%d of %d chunks, the first of them chunk %d (at byte %d of %s; old_chunk %d, new_chunk"
              + " %d)",
          count, exceptions, chunk, chunkSize.offsetOf(chunk), device, oldChunk, newChunk);
    }
  }
}

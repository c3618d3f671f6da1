package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.plan.ChunkState;
import io.github.dmtools.dmmerge.plan.OriginsDigest;
import io.github.dmtools.dmmerge.plan.PlanDepth;
import io.github.dmtools.dmmerge.plan.PlanDigest;
import io.github.dmtools.dmmerge.plan.PlanSink;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.plan.PlannedException;
import io.github.dmtools.dmmerge.plan.Planner;
import io.github.dmtools.dmmerge.plan.Progress;
import io.github.dmtools.dmmerge.plan.WindowSums;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds the store and the origin against the plan that was approved, before anything is written.
 * What it leaves behind are the sums of what it saw, so that the same bytes are written and no
 * others.
 *
 * @param planSha256 the plan's name
 * @param sums what the store held
 */
record Approval(String planSha256, WindowSums sums) {
  /** No more than a batch can be half written: 1 GiB, in chunks of 4 KiB. */
  private static final int MAX_SUSPECTS = 1 << 18;

  /** A plan is untrusted and may be arbitrarily long. */
  private static final int MAX_MISSING = 1 << 18;

  /**
   * Checks everything.
   *
   * @param expect path of a plan, or {@code sha256:} and its digest: then the store's side alone is
   *     checked
   * @param torn says of a chunk that holds neither of both sides whether that is our own doing
   * @throws ProblemException {@code plan.*}, {@code path.*}, {@code device.read}, {@code
   *     store.changed}, {@code run.interrupted}
   */
  static Approval check(
      String expect,
      ExceptionStore store,
      BlockDevice origin,
      TornChunks torn,
      ApprovedPlan.Source plans,
      Progress progress,
      CancelSignal cancel) {
    WindowSums sums = new WindowSums();
    if (Job.isDigest(expect)) {
      PlanTotals totals =
          new Planner(store, null, PlanDepth.DIGEST, exception -> {}, sums).run(progress, cancel);
      String now = String.valueOf(totals.planSha256());
      if (!now.equals(Job.digestOf(expect))) {
        throw new ProblemException(
            Problem.at(
                ProblemCode.PLAN_STALE,
                store.device().path(),
                "the plan of "
                    + store.device().path()
                    + " is "
                    + now
                    + " now, not the approved one"));
      }
      return new Approval(now, sums);
    }
    try (ApprovedPlan plan = plans.open(expect)) {
      Comparison comparison = new Comparison(expect, plan, store, origin, torn);
      PlanTotals totals =
          new Planner(store, origin, PlanDepth.DIGEST, comparison, sums).run(progress, cancel);
      comparison.finish();
      return new Approval(String.valueOf(totals.planSha256()), sums);
    }
  }

  /** Walks along both, the approved plan and the one of now. */
  private static final class Comparison implements PlanSink {
    private final String path;
    private final ApprovedPlan plan;
    private final ExceptionStore store;
    private final BlockDevice origin;
    private final TornChunks torn;
    private final PlanDigest planDigest;
    private final OriginsDigest originsDigest = new OriginsDigest();
    private final Deviation stale = new Deviation();
    private final List<TornChunks.Suspect> suspects = new ArrayList<>();
    private long moreSuspects;
    private long missing;
    private long withOrigin;
    private long withoutOrigin;

    Comparison(
        String path, ApprovedPlan plan, ExceptionStore store, BlockDevice origin, TornChunks torn) {
      this.path = path;
      this.plan = plan;
      this.store = store;
      this.origin = origin;
      this.torn = torn;
      this.planDigest = new PlanDigest(store.chunkSize());
    }

    @Override
    public void accept(PlannedException now) {
      PlannedException then = next();
      if (then == null || !isSameWork(then, now)) {
        stale.add(now);
      } else if (isSuspect(then, now)) {
        suspect(new TornChunks.Suspect(now, String.valueOf(then.originSha256())));
      }
    }

    private @Nullable PlannedException next() {
      PlannedException then = plan.next();
      if (then != null) {
        planDigest.add(then.oldChunk(), then.newChunk(), then.bytes(), digest(then.sourceSha256()));
        if (then.originSha256() == null) {
          withoutOrigin++;
        } else {
          withOrigin++;
          originsDigest.add(digest(then.originSha256()));
        }
      }
      return then;
    }

    private byte[] digest(@Nullable String hex) {
      if (hex == null) {
        throw broken("has no digests: it was made of the table alone");
      }
      return HexFormat.of().parseHex(hex);
    }

    private static boolean isSameWork(PlannedException then, PlannedException now) {
      return then.index() == now.index()
          && then.oldChunk() == now.oldChunk()
          && then.newChunk() == now.newChunk()
          && then.bytes() == now.bytes()
          && String.valueOf(now.sourceSha256()).equals(then.sourceSha256());
    }

    private static boolean isSuspect(PlannedException then, PlannedException now) {
      String seen = then.originSha256();
      return now.state() == ChunkState.PENDING && seen != null && !seen.equals(now.originSha256());
    }

    /** A plan that is not what was written once is told before what it would say. */
    void finish() {
      while (next() != null) {
        missing++;
        if (missing > MAX_MISSING) {
          throw stale("names over " + MAX_MISSING + " exceptions more than the store has now");
        }
      }
      ApprovedPlan.Digests said = plan.digests();
      if (said.chunkBytes() != store.chunkSize().bytes()) {
        throw stale("has chunks of " + said.chunkBytes() + " bytes, and the store has others now");
      }
      if (!planDigest.hex().equals(said.planSha256())) {
        throw broken("was changed: its plan_sha256 is not that of its exceptions");
      }
      if (withOrigin > 0 && withoutOrigin > 0) {
        throw broken("was changed: some of its exceptions have no origin_sha256");
      }
      boolean hasOrigins = said.originsSha256() != null;
      if (hasOrigins ? !originsDigest.hex().equals(said.originsSha256()) : withOrigin > 0) {
        throw broken("was changed: its origins_sha256 is not that of its exceptions");
      }
      if (stale.count > 0) {
        throw stale("and the store differ in " + stale.tell(stale.newChunk, store.device()));
      }
      if (missing > 0) {
        throw stale("names " + missing + " exceptions more than the store has now");
      }
      Deviation foreign = foreign();
      if (foreign.count > 0) {
        throw new ProblemException(
            Problem.at(
                ProblemCode.PLAN_FOREIGN,
                origin.path(),
                store.chunkSize().offsetOf(foreign.oldChunk),
                String.format(
                    "%s was written to since %s was approved: %s",
                    origin.path(), path, foreign.tell(foreign.oldChunk, origin))));
      }
    }

    private void suspect(TornChunks.Suspect suspect) {
      if (suspects.size() < (torn == TornChunks.NONE ? 1 : MAX_SUSPECTS)) {
        suspects.add(suspect);
      } else {
        moreSuspects++;
      }
    }

    private Deviation foreign() {
      Set<Long> ours = moreSuspects > 0 ? Set.of() : torn.among(suspects);
      Deviation foreign = new Deviation();
      suspects.stream()
          .map(TornChunks.Suspect::now)
          .filter(exception -> !ours.contains(exception.oldChunk()))
          .forEach(foreign::add);
      foreign.count += moreSuspects;
      return foreign;
    }

    private ProblemException stale(String what) {
      return new ProblemException(
          new Problem(
              ProblemCode.PLAN_STALE,
              "the approved plan " + path + " " + what,
              store.device().path(),
              null,
              stale.count > 0 ? store.chunkSize().offsetOf(stale.newChunk) : null,
              null));
    }

    private ProblemException broken(String what) {
      return new ProblemException(Problem.at(ProblemCode.PLAN_SYNTAX, path, path + " " + what));
    }

    /** The first exception that deviates, and how many do. */
    private final class Deviation {
      private long count;
      private long oldChunk;
      private long newChunk;

      void add(PlannedException exception) {
        if (count++ == 0) {
          oldChunk = exception.oldChunk();
          newChunk = exception.newChunk();
        }
      }

      String tell(long chunk, BlockDevice device) {
        return String.format(
            "%d of %d chunks, the first of them chunk %d (at byte %d of %s; old_chunk %d, new_chunk"
                + " %d)",
            count,
            store.exceptions(),
            chunk,
            store.chunkSize().offsetOf(chunk),
            device.path(),
            oldChunk,
            newChunk);
      }
    }
  }
}

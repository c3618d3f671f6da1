package io.github.dmtools.dmmerge.apply;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.dmtools.dmmerge.SlowTest;
import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.copy.Progress;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.plan.PlanDepth;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import io.github.dmtools.dmmerge.plan.Planner;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.ExitStatus;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Real stores with damaged metadata: a run reports a problem or merges the store, and never writes
 * outside its plan.
 */
final class MutationTest {
  private static final int MUTATIONS = 5_000;
  private static final int ALL_MUTATIONS = 100_000;
  private static final long SEED = 20_240_601;

  /** Small stores get most of the mutations: they have the same metadata and are faster. */
  private static final List<String> STORES =
      List.of("partial-last-chunk", "commit-4k", "commit-16k", "overflow-PO", "empty");

  private static final List<String> LARGE_STORES =
      List.of(
          "one-area-255",
          "one-area-256",
          "one-area-257",
          "stale-cow-device",
          "lvm-two-snaps",
          "interrupted-merge",
          "commit-512k");

  private static final int LARGE_EVERY = 100;

  private final Random random = new Random(SEED);
  private final Map<String, Integer> outcomes = new TreeMap<>();

  @Test
  void mergesOrReportsAProblem() {
    mutate(MUTATIONS);
  }

  @Test
  @SlowTest
  void allMutations() {
    mutate(ALL_MUTATIONS);
  }

  private void mutate(int mutations) {
    List<MutatedStore> small = STORES.stream().map(MutatedStore::unpack).toList();
    List<MutatedStore> large = LARGE_STORES.stream().map(MutatedStore::unpack).toList();
    for (int i = 0; i < mutations; i++) {
      List<MutatedStore> stores = i % LARGE_EVERY == 0 ? large : small;
      MutatedStore store = stores.get(random.nextInt(stores.size()));
      String mutation = store.mutate(random);
      try {
        run(store);
      } catch (RuntimeException | AssertionError e) {
        fail("seed " + SEED + ", mutation " + i + " of " + store.name() + ": " + mutation, e);
      }
      store.restore();
    }
    System.out.println("MutationTest, seed " + SEED + ": " + outcomes);
    assertTrue(
        outcomes.getOrDefault("merged", 0) > mutations / 100, "all were refused: " + outcomes);
    assertTrue(outcomes.size() > 8, "some damage was never detected: " + outcomes);
  }

  private void run(MutatedStore damaged) {
    List<ByteRange> planned = new ArrayList<>();
    String result;
    try {
      ExceptionStore store =
          ExceptionStore.read(
              damaged.store().openForReading(),
              damaged.origin().openForReading(),
              CancelSignal.NEVER);
      store.leftovers();
      new Planner(
              store,
              damaged.origin().openForReading(),
              PlanDepth.COMPARE,
              exception -> planned.add(range(store, exception)))
          .run(Progress.NONE, CancelSignal.NEVER);
      ApplyOutcome outcome =
          new Applier(store, damaged.origin().openForWriting(), List.of(), null, true, 100)
              .run(Progress.NONE, CancelSignal.NEVER);
      Problem problem = outcome.problem();
      result = problem == null ? "merged" : known(problem);
    } catch (ProblemException e) {
      result = known(e.problem());
    }
    outcomes.merge(result, 1, Integer::sum);
    requireWrittenAsPlanned(damaged.origin().writes(), planned);
  }

  private static ByteRange range(ExceptionStore store, PlannedChunk exception) {
    return new ByteRange(store.chunkSize().offsetOf(exception.oldChunk()), exception.bytes());
  }

  private static String known(Problem problem) {
    ExitStatus status = problem.code().exitStatus();
    if (status != ExitStatus.MALFORMED && status != ExitStatus.TEMPORARY) {
      fail("ended in " + problem);
    }
    return problem.code().code();
  }

  /** Each write must be inside a run of adjacent planned ranges. */
  private static void requireWrittenAsPlanned(List<ByteRange> writes, List<ByteRange> planned) {
    planned.sort(Comparator.comparingLong(ByteRange::offset));
    TreeMap<Long, Long> runs = new TreeMap<>();
    for (ByteRange range : planned) {
      Map.Entry<Long, Long> before = runs.lastEntry();
      if (before != null && before.getValue() == range.offset()) {
        runs.put(before.getKey(), range.end());
      } else {
        runs.put(range.offset(), range.end());
      }
    }
    for (ByteRange write : writes) {
      Map.Entry<Long, Long> run = runs.floorEntry(write.offset());
      assertTrue(run != null && write.end() <= run.getValue(), () -> write + " was not planned");
    }
  }
}

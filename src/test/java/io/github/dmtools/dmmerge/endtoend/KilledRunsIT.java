package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.SlowTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills runs with SIGKILL at any time and runs them again: the origin gets the right bytes, the
 * undo store has the original ones, and the audit log has both runs.
 *
 * <p>SIGKILL does not lose the page cache. These tests show that runs are continued: that nothing
 * is saved twice, that torn chunks and torn log lines are found and repaired, and that every write
 * was logged and saved before. They cannot find a missing barrier, unlike a power failure.
 */
final class KilledRunsIT {
  private static final int ALL_KILLS = 200;
  private static final int AT_A_TIME = 2;
  private static final int MIB = 1 << 20;

  /** Limit for a scene that hangs. All scenes together take minutes. */
  private static final long HANG_HOURS = 2;

  private static final List<Scene> SCENES =
      List.of(
          new Scene("512-byte chunks", 1, 16, 18 * MIB, false, false),
          new Scene("512-byte chunks", 1, 16, 18 * MIB, true, true),
          new Scene("sequential 4 KiB", 8, 0, 36 * MIB + 1536, true, false),
          new Scene("sequential 4 KiB", 8, 0, 36 * MIB + 777, false, true),
          new Scene("random 4 KiB", 8, 1, 36 * MIB + 777, false, false),
          new Scene("random 4 KiB", 8, 1, 36 * MIB + 512, true, true),
          new Scene("64 KiB", 128, 1, 36 * MIB + 4096, true, false),
          new Scene("64 KiB", 128, 1, 36 * MIB + 777, false, true),
          new Scene("1 MiB", 2048, 1, 40 * MIB + 70_001, false, false),
          new Scene("1 MiB", 2048, 1, 40 * MIB + 300 * 512, true, true));

  /** A store, and the kind of its origin. */
  private record Scene(
      String name, int chunkSectors, int runChunks, int bytes, boolean loop, boolean direct) {
    StampedStore.Shape shape() {
      return new StampedStore.Shape(chunkSectors, runChunks, bytes);
    }

    @Override
    public String toString() {
      return name + (loop ? ", a device" : ", a file") + (direct ? ", direct" : ", buffered");
    }
  }

  @TempDir private Path directory;

  /** Kills in three scenes: a loop device, a file with direct I/O, large chunks. */
  @Test
  void fewKilledRunsAreContinued() throws Exception {
    killAndContinue(List.of(SCENES.get(2), SCENES.get(7), SCENES.get(9)), 2);
  }

  @Test
  @SlowTest
  void everyKilledRunIsContinued() throws Exception {
    KillTally all = killAndContinue(SCENES, ALL_KILLS / SCENES.size());
    assertTrue(all.between() * 3 >= all.kills(), all::toString);
  }

  private KillTally killAndContinue(List<Scene> scenes, int kills) throws Exception {
    long seed = Long.getLong("dmmerge.seed", System.nanoTime());
    System.out.println("KilledRunsIT, seed " + seed);
    ExecutorService pool = Executors.newFixedThreadPool(AT_A_TIME);
    CompletionService<KillTally> ended = new ExecutorCompletionService<>(pool);
    List<Future<KillTally>> running = new ArrayList<>();
    for (int i = 0; i < scenes.size(); i++) {
      Scene scene = scenes.get(i);
      Random random = new Random(seed + i);
      running.add(ended.submit(() -> kill(scene, kills, random)));
    }
    KillTally all = new KillTally();
    try {
      for (int i = 0; i < scenes.size(); i++) {
        all.add(ended.take().get());
      }
    } catch (ExecutionException e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    } finally {
      // Loop devices are detached by the thread that attached them.
      running.forEach(scene -> scene.cancel(false));
      pool.shutdown();
      assertTrue(pool.awaitTermination(HANG_HOURS, TimeUnit.HOURS), "it hangs");
    }
    System.out.println("KilledRunsIT, seed " + seed + ": " + all);
    assertTrue(all.kills() >= scenes.size() * kills, all::toString);
    return all;
  }

  private KillTally kill(Scene scene, int kills, Random random) throws IOException {
    Path own = Files.createTempDirectory(directory, "scene");
    StampedStore stamped = StampedStore.make(own, scene.shape(), random);
    try (Setup setup = new Setup()) {
      Path origin = scene.loop() ? setup.loop(stamped.origin()) : stamped.origin();
      KillTally counts = new KilledRuns(own, stamped, origin, scene.direct(), random).kill(kills);
      System.out.println(scene + ": " + counts);
      return counts;
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(scene + ": " + e.getMessage(), e);
    }
  }
}

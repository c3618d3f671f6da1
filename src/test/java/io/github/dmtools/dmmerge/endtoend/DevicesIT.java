package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Origins and stores on block devices, with both sizes of logical blocks. {@link AllStoresIT} has
 * every store, another run and verify.
 */
final class DevicesIT {
  private static final int BIG_BLOCK = 4096;

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "partial-last-chunk, 512, false",
    "partial-last-chunk, 512, true",
    "lvm-ext4, 512, false",
    "one-area-257, 512, true",
    "commit-512k, 4096, false",
    "lvm-raw-64k, 4096, false",
    "commit-16k, 4096, true",
    "random-4k, 4096, true"
  })
  void merges(String name, int block, boolean direct) throws IOException {
    Fixture fixture = Fixture.unpack(name, directory);
    String sectorSize = "--sector-size=" + block;
    try (Loop store = Loop.over(fixture.store(), sectorSize, "--read-only");
        Loop origin = Loop.over(fixture.origin(), sectorSize)) {
      String job = DirectJob.of(store.device(), origin.device(), direct);
      Launcher launcher = new Launcher(directory).stdin(job);

      JsonNode plan = launcher.run("plan", "-").expect(0).json();
      StoreTable.requireIn(plan, fixture.store(), fixture.origin());
      requireDevices(plan, block, direct);
      for (String line : DdLines.of(plan).lines()) {
        assertEquals(direct, line.contains(" iflag=direct oflag=direct"), line);
      }
      assertEquals(fixture.before(), Fixture.sha256(fixture.origin()), "plan touched the origin");

      JsonNode report = launcher.run("apply", "-").expect(0).json();
      requireDevices(report, block, direct);
      assertTrue(report.path("changed").asBoolean());
      assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));
      assertEquals(fixture.after(), Fixture.sha256(origin.device()));
    }
  }

  private static void requireDevices(JsonNode document, int block, boolean direct) {
    for (String name : new String[] {"input", "output"}) {
      JsonNode device = document.path(name);
      assertEquals("block", device.path("type").asString());
      assertEquals(block, device.path("logical_block_bytes").asInt());
      assertEquals(direct, device.path("direct").asBoolean());
    }
    assertEquals(0, document.path("warnings").size(), document.path("warnings").toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void refusesChunksSmallerThanTheBlocksOfADevice(int chunkSectors) {
    Path store = directory.resolve("cow");
    new StoreFile(store, chunkSectors, 1 << 20).entry(3, 2).data(2, 0xee);
    Path origin = StoreFile.sparse(directory.resolve("origin"), 1 << 20);
    String before = Fixture.sha256(origin);
    try (Loop device = Loop.over(origin, "--sector-size=" + BIG_BLOCK)) {
      new Launcher(directory)
          .stdin(Fixture.job(store, device.device(), true))
          .run("apply", "-")
          .expectProblem(65, "store.chunk_size");
    }
    try (Loop device = Loop.over(store, "--sector-size=" + BIG_BLOCK)) {
      new Launcher(directory)
          .stdin(Fixture.job(device.device(), origin, true))
          .run("apply", "-")
          .expectProblem(65, "store.chunk_size");
    }
    assertEquals(before, Fixture.sha256(origin));
  }
}

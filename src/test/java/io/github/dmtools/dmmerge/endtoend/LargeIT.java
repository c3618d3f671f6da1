package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Chunk numbers and byte offsets of more than 32 bits, on sparse files of 8 TiB. */
final class LargeIT {
  private static final long TIB = 1L << 40;

  @TempDir private Path directory;

  /** In a tmpfs: not every file system has files of this size. */
  @ParameterizedTest
  @CsvSource({"1, false", "1, true", "8, true", "2048, false"})
  void mergesFarBehindTheReachOf32Bits(long chunkSectors, boolean onDevices) throws IOException {
    long chunk = chunkSectors * 512;
    try (Mount tmpfs = Mount.of("tmpfs", directory.resolve("tmpfs"))) {
      LargeStore large =
          new LargeStore(tmpfs.directory(), chunkSectors, LargeStore.BYTES)
              .entry(5 * TIB / chunk + 3, dataChunk(6 * TIB / chunk, chunk))
              .entry(0, 2)
              .entry(LargeStore.BYTES / chunk - 1, dataChunk(LargeStore.BYTES / chunk - 2, chunk))
              .entry(2 * TIB / chunk - 1, dataChunk(3 * TIB / chunk + 7, chunk));
      if (!onDevices) {
        merge(large, large.store(), large.origin());
        return;
      }
      String sectorSize = "--sector-size=" + Math.min(4096, chunk);
      try (Loop store = Loop.over(large.store(), sectorSize);
          Loop origin = Loop.over(large.origin(), sectorSize)) {
        merge(large, store.device(), origin.device());
      }
    }
  }

  /** The chunk, or the next one if it is an area. */
  private static long dataChunk(long chunk, long chunkBytes) {
    return chunk % (chunkBytes / 16 + 1) == 1 ? chunk + 1 : chunk;
  }

  private void merge(LargeStore large, Path store, Path origin) throws IOException {
    Launcher launcher = Launcher.inThisProcess(directory).stdin(Fixture.job(store, origin, true));
    JsonNode plan = launcher.run("plan", "-").expect(0).json();
    large.requireIn(plan);
    assertEquals(4, plan.at("/summary/pending").asLong());

    DdLines.of(plan).run(directory);
    large.requireMerged(origin);
    large.wipe(origin);

    JsonNode report = launcher.run("apply", "-").expect(0).json();
    assertEquals(4, report.at("/counts/written").asLong());
    long chunkBytes = plan.at("/store/chunk_bytes").asLong();
    for (int index = 0; index < 4; index++) {
      JsonNode exception = plan.path("exceptions").path(index);
      JsonNode mapping = report.path("mappings").path(index);
      assertEquals(
          exception.path("old_chunk").asLong() * chunkBytes,
          mapping.path("origin_offset").asLong());
      assertEquals(
          exception.path("new_chunk").asLong() * chunkBytes, mapping.path("store_offset").asLong());
    }
    large.requireMerged(origin);
    launcher.run("verify", "-").expect(0);
  }

  /** A whole chunk, which is a hole except at its ends, and the clipped last one. */
  @Test
  void mergesTheLargestChunks() throws IOException {
    long chunkSectors = 1 << 21;
    try (Mount tmpfs = Mount.of("tmpfs", directory.resolve("tmpfs"))) {
      LargeStore large =
          new LargeStore(tmpfs.directory(), chunkSectors, LargeStore.BYTES + (8 << 20) + 512)
              .entry(8192, 8191)
              .entry(4100, 5000);
      Launcher launcher =
          Launcher.inThisProcess(directory).stdin(Fixture.job(large.store(), large.origin(), true));
      JsonNode plan = launcher.run("plan", "--metadata-only", "-").expect(0).json();
      large.requireIn(plan);
      // The other line would fill a GiB with zeros.
      new DdLines(List.of(DdLines.of(plan).lines().get(0))).run(directory);

      JsonNode report = launcher.run("apply", "-").expect(0).json();
      assertEquals(1, report.at("/counts/unchanged").asLong());
      assertEquals(1, report.at("/counts/written").asLong());
      large.requireMerged(large.origin());
      launcher.run("verify", "-").expect(0);
    }
  }
}

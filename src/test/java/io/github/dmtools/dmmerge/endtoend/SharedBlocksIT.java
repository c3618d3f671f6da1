package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Store and origin on a file system with reflinks. */
final class SharedBlocksIT {
  private static final int CHUNK_BYTES = 64 << 10;
  private static final int ORIGIN_CHUNKS = 256;

  private static final byte BEFORE = (byte) 0xff;

  /** The smallest size for XFS. */
  private static final long FILE_SYSTEM_BYTES = 320 << 20;

  /** A line of filefrag -v: first and last block, and flags. */
  private static final Pattern EXTENT =
      Pattern.compile(" *\\d+: *(\\d+)\\.\\. *(\\d+):.*\\bshared\\b.*");

  @TempDir private Path directory;

  private final byte[] expected = new byte[ORIGIN_CHUNKS * CHUNK_BYTES];

  @BeforeEach
  void expectWhatWasThere() {
    Arrays.fill(expected, BEFORE);
  }

  @Test
  void longRunsAreSharedAndShortOnesCopied() throws IOException {
    try (Setup setup = new Setup()) {
      Path files = setup.fileSystem("xfs", directory.resolve("files"), FILE_SYSTEM_BYTES);
      Path store = store(files);
      Path origin = origin(files);
      String before = Fixture.sha256(store);
      Launcher launcher = Launcher.inThisProcess(directory).stdin(Fixture.job(store, origin, true));
      JsonNode report = launcher.run("apply", "-").expect(0).json();
      assertEquals(90, report.at("/counts/written").asInt());
      assertArrayEquals(expected, Files.readAllBytes(origin));
      assertEquals(List.of("0+32", "100+4", "140+12"), shared(origin));

      assertEquals(
          "unchanged", launcher.run("apply", "-").expect(0).json().path("status").asString());
      Shell.run("fallocate", "--zero-range", "--length=" + CHUNK_BYTES, origin.toString());
      assertEquals(before, Fixture.sha256(store), "what is written to one is not to the other");
    }
  }

  /** Even if the store was not durable. */
  @Test
  void sharedBlocksAreDurable() throws IOException {
    try (Setup setup = new Setup()) {
      Path files = setup.fileSystem("xfs", directory.resolve("files"), FILE_SYSTEM_BYTES);
      Path origin = origin(files);
      Shell.run("sync", origin.toString());
      String job = Fixture.job(store(files), origin, true);
      Launcher.inThisProcess(directory).stdin(job).run("apply", "-").expect(0);
      loseWhatIsNotDurable(files);
      assertArrayEquals(expected, Files.readAllBytes(origin));
      assertEquals(List.of("0+32", "100+4", "140+12"), shared(origin));
    }
  }

  private static void loseWhatIsNotDurable(Path files) {
    String device = Shell.run("findmnt", "--noheadings", "--output=SOURCE", files.toString());
    Shell.run("xfs_io", "-x", "-c", "shutdown", files.toString());
    Shell.run("umount", files.toString());
    Shell.run("mount", device, files.toString());
  }

  /** Bytes that were approved, saved or logged are written as they were then. */
  @ParameterizedTest
  @ValueSource(strings = {"expect", "undo", "audit", "verify"})
  void nothingIsSharedIfTheBytesAreRecorded(String field) throws IOException {
    try (Setup setup = new Setup()) {
      Path files = setup.fileSystem("xfs", directory.resolve("files"), FILE_SYSTEM_BYTES);
      Path store = store(files);
      Path origin = origin(files);
      String job = Fixture.job(store, origin, true);
      Path trust = directory.resolve(field);
      if (field.equals("expect")) {
        Launcher.inThisProcess(directory)
            .stdin(job)
            .run("plan", "-", "-o", trust.toString())
            .expect(0);
      }
      ObjectNode trusted = (ObjectNode) new JsonMapper().readTree(job);
      if (field.equals("verify")) {
        trusted.put(field, true);
      } else {
        trusted.put(field, trust.toString());
      }
      Launcher.inThisProcess(directory).stdin(trusted.toString()).run("apply", "-").expect(0);
      assertArrayEquals(expected, Files.readAllBytes(origin));
      assertEquals(List.of(), shared(origin));
    }
  }

  /**
   * Two runs of chunks, a reversed one, a short one, one with a hole, and one that is split in the
   * store.
   */
  private Path store(Path files) {
    StoreFile store = new StoreFile(files.resolve("cow"), CHUNK_BYTES / 512, 128L * CHUNK_BYTES);
    for (int i = 0; i < 32; i++) {
      chunk(store, i, 2 + i);
      chunk(store, 32 + i, 65 - i);
    }
    for (int i = 0; i < 4; i++) {
      chunk(store, 100 + i, 70 + i);
    }
    chunk(store, 110, 80);
    chunk(store, 111, 81);
    for (int i = 0; i < 8; i++) {
      chunk(store, 120 + i, 85 + i);
    }
    Shell.run(
        "fallocate",
        "--punch-hole",
        "--offset=" + 88 * CHUNK_BYTES,
        "--length=" + CHUNK_BYTES,
        store.path().toString());
    Arrays.fill(expected, 123 * CHUNK_BYTES, 124 * CHUNK_BYTES, (byte) 0);
    for (int i = 0; i < 12; i++) {
      chunk(store, 140 + i, 100 + i + i / 6);
    }
    return store.path();
  }

  private void chunk(StoreFile store, int oldChunk, int newChunk) {
    store.entry(oldChunk, newChunk).data(newChunk, newChunk);
    Arrays.fill(expected, oldChunk * CHUNK_BYTES, (oldChunk + 1) * CHUNK_BYTES, (byte) newChunk);
  }

  private static Path origin(Path files) throws IOException {
    byte[] before = new byte[ORIGIN_CHUNKS * CHUNK_BYTES];
    Arrays.fill(before, BEFORE);
    return Files.write(files.resolve("origin"), before);
  }

  /** The ranges of a file with shared blocks, in chunks: first and count. */
  private static List<String> shared(Path file) {
    int blocks = CHUNK_BYTES / 4096;
    List<long[]> ranges = new ArrayList<>();
    for (String line : Shell.run("filefrag", "-v", "-b4096", file.toString()).lines().toList()) {
      EXTENT
          .matcher(line)
          .results()
          .forEach(extent -> append(ranges, number(extent, 1), number(extent, 2) + 1));
    }
    return ranges.stream()
        .map(range -> range[0] / blocks + "+" + (range[1] - range[0]) / blocks)
        .toList();
  }

  private static void append(List<long[]> ranges, long start, long end) {
    long[] last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
    if (last != null && last[1] == start) {
      last[1] = end;
    } else {
      ranges.add(new long[] {start, end});
    }
  }

  private static long number(MatchResult extent, int group) {
    return Long.parseLong(extent.group(group));
  }
}

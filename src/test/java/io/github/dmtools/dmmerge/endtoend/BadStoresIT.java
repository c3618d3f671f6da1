package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.exceptionstore.Finding;
import io.github.dmtools.dmmerge.exceptionstore.StoreCheck;
import io.github.dmtools.dmmerge.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Stores that break one rule of the format each. Chunks have one sector, so an area has 32 entries,
 * and the areas are chunks 1, 34, 67 and 100.
 */
final class BadStoresIT {
  private static final int SECTOR = 512;
  private static final int STORE_CHUNKS = 128;
  private static final int ORIGIN_CHUNKS = 64;

  /** Offset of the entry that a case adds to the two valid ones. */
  private static final long THIRD_ENTRY = SECTOR + 2 * 16;

  private static final long SECOND_AREA = 34 * SECTOR;
  private static final int MAGIC = 0x70416e53;

  @TempDir private Path directory;
  private Path origin;
  private StoreFile store;
  private String before;

  @BeforeEach
  void makeSoundStore() throws IOException {
    byte[] content = new byte[ORIGIN_CHUNKS * SECTOR];
    new Random(1).nextBytes(content);
    origin = Files.write(directory.resolve("origin"), content);
    before = Fixture.sha256(origin);
    store = new StoreFile(directory.resolve("cow"), 1, STORE_CHUNKS * SECTOR);
    store.entry(3, 2).data(2, 'a').entry(5, 3).data(3, 'b');
  }

  /** The store is valid before a case damages it. */
  @Test
  void acceptsTheStoreAsItIs() {
    JsonNode check = launcher().run("check", store.path().toString()).expect(0).json();
    assertTrue(check.path("sound").asBoolean());
    assertEquals(0, check.path("findings").size());
    JsonNode report = launcher().run("apply", "-").expect(0).json();
    assertEquals(2, report.at("/counts/written").asLong());
    assertNotEquals(before, Fixture.sha256(origin));
  }

  /** The launcher's documents; every case is refused in this process. */
  @Test
  void refusesWithOneDocument() {
    store.entry(6, 34);
    Launcher.Result applied = launcher().run("apply", "-");
    JsonNode problem = applied.expectProblem(65, "store.new_chunk").json();
    assertEquals(THIRD_ENTRY, problem.path("offset").asLong());
    assertEquals(store.path().toString(), problem.path("path").asString());
    assertEquals(1, applied.text().lines().count(), applied.text());
    assertEquals(1, applied.stderr().lines().count(), applied.stderr());
    assertEquals(before, Fixture.sha256(origin), "the origin was touched");

    Launcher.Result checked = launcher().run("check", store.path().toString());
    JsonNode check = checked.expect(65).expectNoTrace().json();
    assertFalse(check.path("sound").asBoolean());
    assertEquals("store.new_chunk", check.at("/findings/0/code").asString());
    assertEquals("error", check.at("/findings/0/severity").asString());
    assertEquals(THIRD_ENTRY, check.at("/findings/0/offset").asLong());
  }

  @ParameterizedTest
  @MethodSource({"headers", "cutTables", "entries"})
  void refuses(Case damaged) {
    damaged.damage.to(store);
    String path = store.path().toString();
    Problem problem = InProcess.refusal(store.path(), origin);
    assertEquals(damaged.code, problem.code().code());
    assertEquals(65, problem.code().exitStatus().status());
    assertEquals(damaged.offset, problem.offset());
    assertEquals(path, problem.path());
    assertEquals(before, Fixture.sha256(origin), "the origin was touched");

    StoreCheck check = InProcess.merge().check(path).check();
    assertEquals(damaged.needsOrigin, check.sound());
    if (!damaged.needsOrigin) {
      Finding finding = check.findings().get(0);
      assertEquals(damaged.code, finding.code());
      assertEquals(Finding.Severity.ERROR, finding.severity());
      assertEquals(damaged.offset, finding.offset());
    }
  }

  static Stream<Case> headers() {
    Stream<Case> others =
        Stream.of(
            new Case("empty file", "store.too_small", 0, s -> s.size(0)),
            new Case("12 bytes", "store.too_small", 0, s -> s.size(12)),
            new Case("magic 0", "store.uninitialized", 0, s -> s.header(0, 1, 1, 1)),
            new Case("another magic", "store.not_a_store", 0, s -> s.header(~MAGIC, 1, 1, 1)),
            new Case(
                "big-endian magic", "store.not_a_store", 0, s -> s.header(0x536e4170, 1, 1, 1)),
            new Case("version 0", "store.version", 8, s -> s.header(MAGIC, 1, 0, 1)),
            new Case("version 2", "store.version", 8, s -> s.header(MAGIC, 1, 2, 1)),
            new Case("valid 0", "store.invalid", 4, s -> s.header(MAGIC, 0, 1, 1)),
            new Case("valid 7", "store.invalid", 4, s -> s.header(MAGIC, 7, 1, 1)));
    Stream<Case> chunkSizes =
        LongStream.of(0, 7, 1L << 22, 1L << 31)
            .mapToObj(
                sectors ->
                    new Case(
                        "chunks of " + sectors + " sectors",
                        "store.chunk_size",
                        12,
                        s -> s.header(MAGIC, 1, 1, (int) sectors)));
    return Stream.concat(others, chunkSizes);
  }

  static Stream<Case> cutTables() {
    String truncated = "store.truncated";
    return Stream.of(
        new Case("cut after the header", truncated, SECTOR, s -> s.size(SECTOR)),
        new Case("cut in an area", truncated, SECTOR + 100, s -> s.size(SECTOR + 100)),
        new Case(
            "cut in the data",
            "store.new_chunk_beyond_end",
            SECTOR + 16,
            s -> s.size(3 * SECTOR + 100)),
        new Case(
            "cut after a full area", truncated, SECOND_AREA, s -> fillArea(s).size(SECOND_AREA)),
        new Case(
            "cut in the second area",
            truncated,
            SECOND_AREA + 8,
            s -> fillArea(s).size(SECOND_AREA + 8)));
  }

  static Stream<Case> entries() {
    String beyond = "store.new_chunk_beyond_end";
    String oldBeyond = "store.old_chunk_beyond_end";
    return Stream.of(
        entry("new_chunk in the first area", "store.new_chunk", 6, 1),
        entry("new_chunk in the second area", "store.new_chunk", 6, 34),
        entry("new_chunk in the last area", "store.new_chunk", 6, 100),
        entry("new_chunk right past the end", beyond, 6, STORE_CHUNKS),
        entry("new_chunk 2^56", beyond, 6, 1L << 56),
        entry("new_chunk 4 in 56 bits", beyond, 6, (1L << 56) + 4),
        entry("new_chunk 2^63", beyond, 6, 1L << 63),
        entry("new_chunk 2^64 - 1", beyond, 6, -1),
        entry("old_chunk right past the end", oldBeyond, ORIGIN_CHUNKS, 4).needingOrigin(),
        entry("old_chunk of 2^63 bytes", oldBeyond, 1L << 54, 4),
        entry("old_chunk of 2^64 + 512 bytes", oldBeyond, (1L << 55) + 1, 4),
        entry("old_chunk 2^63", oldBeyond, 1L << 63, 4),
        entry("old_chunk 2^64 - 1", oldBeyond, -1, 4),
        entry("old_chunk a second time", "store.old_chunk_duplicate", 3, 4),
        entry("new_chunk a second time", "store.new_chunk_duplicate", 6, 2),
        new Case(
            "bad entry in the second area",
            "store.new_chunk",
            SECOND_AREA,
            s -> fillArea(s).entry(60, 34)));
  }

  /** Entries that a torn write left after the table are not part of it. */
  @Test
  void warnsOfLeftovers() {
    store.entry(9, 0).entry(10, 1L << 63);

    JsonNode plan = launcher().run("plan", "-").expect(0).json();
    assertEquals(2, plan.path("exceptions").size());
    assertEquals("store.leftovers", plan.at("/warnings/0/code").asString());
    assertEquals(1, plan.path("warnings").size());

    JsonNode check = launcher().run("check", store.path().toString()).expect(0).json();
    assertTrue(check.path("sound").asBoolean());
    assertEquals(1, check.path("findings").size());
    assertEquals("store.leftovers", check.at("/findings/0/code").asString());
    assertEquals("warning", check.at("/findings/0/severity").asString());
    assertEquals(THIRD_ENTRY, check.at("/findings/0/offset").asLong());
    assertEquals(before, Fixture.sha256(origin));
  }

  private Launcher launcher() {
    return Launcher.inThisProcess(directory).stdin(Fixture.job(store.path(), origin, true));
  }

  private static Case entry(String name, String code, long oldChunk, long newChunk) {
    return new Case(name, code, THIRD_ENTRY, s -> s.entry(oldChunk, newChunk));
  }

  /** Adds thirty valid entries to the two existing ones. */
  private static StoreFile fillArea(StoreFile store) {
    for (long i = 0; i < 30; i++) {
      store.entry(10 + i, 4 + i);
    }
    return store;
  }

  @FunctionalInterface
  private interface Damage {
    StoreFile to(StoreFile store);
  }

  /**
   * One damaged store.
   *
   * @param offset byte offset of the fault in the store
   * @param needsOrigin the fault depends on the origin
   */
  record Case(String name, String code, long offset, boolean needsOrigin, Damage damage) {
    Case(String name, String code, long offset, Damage damage) {
      this(name, code, offset, false, damage);
    }

    Case needingOrigin() {
      return new Case(name, code, offset, true, damage);
    }

    @Override
    public String toString() {
      return name;
    }
  }
}

package io.github.dmtools.dmmerge.exceptionstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.device.MemoryDisk;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.ExitStatus;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every rule of FORMAT.md, with the code and the offset of a violation. */
final class FormatRulesTest {
  private static final int ORIGIN_CHUNKS = 20;
  private static final int STORE_CHUNKS = 40;

  private final StoreImage image = new StoreImage(1, STORE_CHUNKS * 512);
  private final MemoryDisk origin =
      new MemoryDisk("/dev/origin", new byte[ORIGIN_CHUNKS * 512 - 100]);

  @ParameterizedTest
  @CsvSource({
    "0,          1, 1, 1,       store.uninitialized, 0",
    "0x70416e54, 1, 1, 1,       store.not_a_store,   0",
    "0x536e4170, 1, 1, 1,       store.not_a_store,   0",
    "0x70416e53, 0, 1, 1,       store.invalid,       4",
    "0x70416e53, 2, 1, 1,       store.invalid,       4",
    "0x70416e53, 1, 0, 1,       store.version,       8",
    "0x70416e53, 1, 2, 1,       store.version,       8",
    "0x70416e53, 1, 1, 0,       store.chunk_size,    12",
    "0x70416e53, 1, 1, 3,       store.chunk_size,    12",
    "0x70416e53, 1, 1, 4194304, store.chunk_size,    12",
    "0x70416e53, 1, 1, -1,      store.chunk_size,    12",
    "0x70416e53, 1, 1, -2147483648, store.chunk_size, 12",
    "0x70416e53, 1, 1, 2097152, store.truncated,     20480",
  })
  void header(int magic, int valid, int version, int sectors, String code, long offset) {
    image.header(magic, valid, version, sectors);
    refused(code, offset);
  }

  @ParameterizedTest
  @CsvSource({"0, store.too_small", "511, store.too_small", "512, store.truncated"})
  void tooShortForAHeaderOrATable(int bytes, String code) {
    MemoryDisk disk = new MemoryDisk("/dev/store", Arrays.copyOf(image.bytes(), bytes));
    assertEquals(code, problem(disk).code().code());
  }

  @Test
  void aChunkIsAMultipleOfBothBlocks() {
    MemoryDisk store = new MemoryDisk("/dev/store", image.bytes(), 4096);
    Problem problem = problem(store);
    assertEquals("store.chunk_size", problem.code().code());
    assertEquals(12, problem.offset());
    MemoryDisk large = new MemoryDisk("/dev/origin", new byte[4096], 4096);
    ProblemException e =
        assertThrows(
            ProblemException.class,
            () ->
                ExceptionStore.read(
                    image.disk().openForReading(), large.openForReading(), CancelSignal.NEVER));
    assertEquals("store.chunk_size", e.problem().code().code());
    assertTrue(e.problem().message().contains("/dev/origin"));
  }

  /** E is 32 here: the areas are the chunks 1, 34, 67 ... */
  @ParameterizedTest
  @ValueSource(longs = {1, 34, 67, 33 * 1000 + 1, -15})
  void newChunkMustNotBeAnArea(long newChunk) {
    entry(0, newChunk, "store.new_chunk");
  }

  @ParameterizedTest
  @ValueSource(longs = {STORE_CHUNKS, 1L << 20, 1L << 54, 1L << 55, 1L << 56, Long.MAX_VALUE, -1})
  void newChunkMustBeInTheStore(long newChunk) {
    if (Long.remainderUnsigned(newChunk, 33) == 1) {
      entry(0, newChunk, "store.new_chunk");
    } else {
      entry(0, newChunk, "store.new_chunk_beyond_end");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {ORIGIN_CHUNKS, 1L << 20, 1L << 54, 1L << 55, Long.MAX_VALUE, -1, -20})
  void oldChunkMustBeInTheOrigin(long oldChunk) {
    entry(oldChunk, 2, "store.old_chunk_beyond_end");
  }

  @Test
  void theLastChunksAreValid() {
    image.entry(ORIGIN_CHUNKS - 1, STORE_CHUNKS - 1).entry(0, 2);
    ExceptionStore store = read(image.disk());
    assertEquals(2, store.exceptions());
    assertEquals(512 - 100 + 512, store.bytes());
  }

  @Test
  void aPartialChunkOfTheStoreHasNoData() {
    MemoryDisk disk = new MemoryDisk("/dev/store", Arrays.copyOf(image.bytes(), 40 * 512 - 1));
    image.entry(0, 39);
    disk.set(0, image.bytes(), 0, 39 * 512);
    assertEquals("store.new_chunk_beyond_end", problem(disk).code().code());
  }

  @Test
  void noChunkOccursTwice() {
    image.entry(5, 2).entry(6, 3).entry(5, 4);
    refused("store.old_chunk_duplicate", image.offsetOfEntry(2));
    image.put(2, 7, 3);
    refused("store.new_chunk_duplicate", image.offsetOfEntry(2));
  }

  @Test
  void zeroIsAValidOldChunkAndEndsTheTableAsNewChunk() {
    image.entry(0, 2);
    assertEquals(1, read(image.disk()).exceptions());
    image.put(1, 3, 0);
    ExceptionStore store = read(image.disk());
    assertEquals(1, store.exceptions());
    assertTrue(store.leftovers().isPresent(), "an old chunk past the end is worth knowing");
  }

  @Test
  void aFullAreaAtTheEndIsTruncated() {
    StoreImage full = new StoreImage(1, 34 * 512);
    for (int i = 0; i < 32; i++) {
      full.entry(i % ORIGIN_CHUNKS + i / ORIGIN_CHUNKS * 1000L, 2 + i);
    }
    Problem problem =
        assertThrows(
                ProblemException.class,
                () -> ExceptionStore.read(full.disk().openForReading(), null, CancelSignal.NEVER))
            .problem();
    assertEquals("store.truncated", problem.code().code());
    assertEquals(34 * 512, problem.offset());
  }

  @Test
  void leftoversAreReportedAndIgnored() {
    image.entry(0, 2).put(3, 9, 9).put(5, 1, 0).put(6, 0, 77);
    ExceptionStore store = read(image.disk());
    assertEquals(1, store.exceptions());
    assertEquals("store.leftovers", store.leftovers().orElseThrow().code());
    String message = store.leftovers().orElseThrow().message();
    assertTrue(message.startsWith("3 entries"), message);
    assertTrue(message.contains("at byte " + image.offsetOfEntry(3) + ":"), message);
  }

  @Test
  void aCheckFindsAllViolations() {
    image.entry(0, 2).entry(0, 3).entry(1, 1).entry(2, 4000).entry(3, 2).entry(4, 5);
    image.put(8, 1, 1);
    StoreCheck check = StoreCheck.of(image.disk().openForReading(), CancelSignal.NEVER);
    assertEquals(
        List.of(
            "store.old_chunk_duplicate",
            "store.new_chunk",
            "store.new_chunk_beyond_end",
            "store.new_chunk_duplicate",
            "store.leftovers"),
        check.findings().stream().map(Finding::code).toList());
    assertEquals(
        List.of(1, 2, 3, 4, 8),
        check.findings().stream().map(finding -> (int) (finding.offset() - 512) / 16).toList());
    assertEquals(6, check.exceptions());
    assertEquals(Finding.Severity.WARNING, check.findings().get(4).severity());
    assertTrue(!check.sound());
  }

  @Test
  void aCheckOfAValidStoreFindsNothing() {
    image.entry(3, 2);
    StoreCheck check = StoreCheck.of(image.disk().openForReading(), CancelSignal.NEVER);
    assertEquals(List.of(), check.findings());
    assertTrue(check.sound());
    assertEquals(1, check.exceptions());
    assertEquals(1, check.areas());
    assertEquals(image.chunkSize(), check.chunkSize());
    image.put(3, 9, 9);
    StoreCheck torn = StoreCheck.of(image.disk().openForReading(), CancelSignal.NEVER);
    assertTrue(torn.sound(), "a warning is no error");
    assertEquals(1, torn.findings().size());
  }

  @Test
  void aCheckOfGarbageKeepsTheFirstThousandFindings() {
    StoreImage garbage = new StoreImage(512, 3 * 512 * 512);
    for (int i = 0; i < 1500; i++) {
      garbage.put(i, i, 1);
    }
    StoreCheck check = StoreCheck.of(garbage.disk().openForReading(), CancelSignal.NEVER);
    assertEquals(StoreCheck.MAX_FINDINGS, check.findings().size());
    assertEquals(500, check.findingsOmitted());
  }

  @Test
  void aCheckOfAnotherFileReportsIt() {
    image.header(0, 0, 0, 0);
    StoreCheck check = StoreCheck.of(image.disk().openForReading(), CancelSignal.NEVER);
    assertEquals("store.uninitialized", check.findings().get(0).code());
    assertEquals(null, check.chunkSize());
    assertTrue(!check.sound());
  }

  private void entry(long oldChunk, long newChunk, String code) {
    image.entry(1, 3);
    image.entry(oldChunk, newChunk);
    refused(code, image.offsetOfEntry(1));
  }

  private void refused(String code, long offset) {
    Problem problem = problem(image.disk());
    assertEquals(code, problem.code().code());
    assertEquals(offset, problem.offset());
    assertEquals("/dev/store", problem.path());
    assertEquals(ExitStatus.MALFORMED, problem.code().exitStatus());
  }

  private Problem problem(MemoryDisk store) {
    return assertThrows(ProblemException.class, () -> read(store)).problem();
  }

  private ExceptionStore read(MemoryDisk store) {
    return ExceptionStore.read(store.openForReading(), origin.openForReading(), CancelSignal.NEVER);
  }
}

package io.github.dmtools.dmmerge.apply;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.copy.Progress;
import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.MemoryDisk;
import io.github.dmtools.dmmerge.device.Stamp;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.RandomStore;
import io.github.dmtools.dmmerge.exceptionstore.StoreImage;
import io.github.dmtools.dmmerge.plan.Mapping;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written, in which order, and how failures are reported. */
final class ApplierTest {
  private static final int CHUNK = 4096;
  private static final int CHUNKS = 40;

  /** Even chunks of the origin in descending order: entry i maps chunk 38 - 2 i to 2 + i. */
  private final StoreImage image = new StoreImage(8, (CHUNKS + 2) * CHUNK);

  private final byte[] before = Stamp.of('o', CHUNKS * CHUNK);
  private final MemoryDisk storeDisk;
  private final MemoryDisk origin;
  private final byte[] merged;

  ApplierTest() {
    merged = before.clone();
    for (int i = 0; i < CHUNKS / 2; i++) {
      image.entry(38 - 2L * i, 2 + i);
      System.arraycopy(image.bytes(), (2 + i) * CHUNK, merged, (38 - 2 * i) * CHUNK, CHUNK);
    }
    storeDisk = image.disk();
    origin = new MemoryDisk("/dev/origin", before);
  }

  @Property(tries = 200)
  void appliesLikeTheReferenceAndThenWritesNothing(
      @ForAll long seed,
      @ForAll @IntRange(max = 6) int log2Sectors,
      @ForAll @IntRange(max = 13) int quarterAreas,
      @ForAll @IntRange(min = 1, max = 300) int band) {
    RandomStore random = RandomStore.of(seed, log2Sectors, quarterAreas);
    byte[] start = random.origin(seed);
    byte[] end = random.mergedInto(start);
    MemoryDisk disk = random.image().disk();
    MemoryDisk target = new MemoryDisk("/dev/origin", start);
    long cacheBytes = 2L * band * random.image().chunkSize().bytes();
    ApplyOutcome outcome = apply(disk, target, cacheBytes, Progress.NONE, CancelSignal.NEVER);
    assertArrayEquals(end, target.durableContent());
    assertEquals(!Arrays.equals(start, end), outcome.changed());
    assertNull(outcome.problem());
    assertEquals(0, outcome.bytes().pending() + outcome.bytes().failed());
    assertEquals(random.image().entries().size(), outcome.exceptions().total());
    assertEquals(outcome.bytes().written(), written(target), "more than what differed");

    target.forgetWrites();
    ApplyOutcome again = apply(disk, target, cacheBytes, Progress.NONE, CancelSignal.NEVER);
    assertFalse(again.changed());
    assertEquals(again.exceptions().total(), again.exceptions().unchanged());
    assertEquals(List.of(), target.writes());
    assertArrayEquals(random.image().bytes(), disk.content());
  }

  @Test
  void writesOnlyWhatDiffersInTheOriginsOrder() {
    origin.set(38 * CHUNK, merged, 38 * CHUNK, CHUNK);
    ApplyOutcome outcome = apply();
    assertEquals(19, outcome.exceptions().written());
    assertEquals(1, outcome.exceptions().unchanged());
    assertEquals(19, origin.writes().size());
    long last = -1;
    for (ByteRange write : origin.writes()) {
      assertTrue(write.offset() > last, "out of order: " + origin.writes());
      assertEquals(CHUNK, write.length());
      last = write.offset();
    }
    assertEquals(1, origin.barriers());
    assertArrayEquals(merged, origin.durableContent());
    assertEquals(19, outcome.mappings().size());
  }

  @ParameterizedTest
  @CsvSource({
    "random-4k,1",
    "random-4k,100",
    "reverse-order,7",
    "lvm-ext4,100",
    "lvm-two-snaps,50",
    "interrupted-merge,200",
    "partial-last-chunk,2",
    "one-area-257,256"
  })
  void matchesTheKernelsMergeWithSmallBands(String name, int band) {
    MutatedStore kernels = MutatedStore.unpack(name);
    ApplyOutcome outcome =
        apply(
            kernels.store(),
            kernels.origin(),
            2L * band * kernels.chunkBytes(),
            Progress.NONE,
            CancelSignal.NEVER);
    assertNull(outcome.problem());
    assertArrayEquals(
        MutatedStore.unzip(name, "origin-after.gz"), kernels.origin().durableContent());
  }

  /** Ten windows. */
  @Test
  void writesInTheOriginsOrderAcrossWindows() {
    int count = 40_000;
    StoreImage many = StoreImage.withRoomFor(1, count);
    for (int i = 0; i < count; i++) {
      many.entry(2 * (i * 7919L % count), 2 + i + i / 32);
    }
    MemoryDisk target = new MemoryDisk("/dev/origin", Stamp.of('o', 2 * count * 512));
    ApplyOutcome outcome = apply(many.disk(), target, Progress.NONE, CancelSignal.NEVER);
    assertEquals(count, outcome.exceptions().written());
    assertEquals(count, target.writes().size());
    for (int i = 0; i < count; i++) {
      assertEquals(i * 1024L, target.writes().get(i).offset());
    }
    assertEquals(
        List.of(0L, 1L, 2L), outcome.mappings().stream().limit(3).map(Mapping::index).toList());
  }

  @Test
  void writesAdjacentChunksInOneTransfer() {
    StoreImage run = new StoreImage(8, 20 * CHUNK);
    for (int i = 0; i < 10; i++) {
      run.entry(20 + i, 2 + i);
    }
    apply(run.disk(), origin, Progress.NONE, CancelSignal.NEVER);
    assertEquals(List.of(new ByteRange(20 * CHUNK, 10 * CHUNK)), origin.writes());
  }

  @Test
  void makesEqualDataDurableToo() {
    origin.set(0, merged);
    ApplyOutcome outcome = apply();
    assertFalse(outcome.changed());
    assertEquals(20, outcome.exceptions().unchanged());
    assertEquals(1, origin.barriers());
    assertEquals(List.of(), origin.writes());
  }

  /** A run is killed after its last write, and the power fails after the next run. */
  @Test
  void makesTheDataOfAKilledRunDurable() {
    try (BlockDevice killed = origin.openForWriting()) {
      ByteBuffer all = AlignedBuffers.allocate(merged.length).put(merged).flip();
      killed.write(all, 0);
    }
    assertFalse(apply().changed());
    origin.crash();
    assertArrayEquals(merged, origin.content());
  }

  @Test
  void aBadStoreSectorFailsOnlyItsChunk() {
    storeDisk.breakForReading(new ByteRange(5 * CHUNK + 700, 1));
    int offset = (38 - 2 * 3) * CHUNK;
    checkOneFailure(apply(), ProblemCode.DEVICE_READ, offset, 5 * CHUNK);
  }

  @Test
  void aBadOriginSectorFailsOnlyItsChunk() {
    int offset = 10 * CHUNK;
    origin.breakForReading(new ByteRange(offset + CHUNK - 1, 1));
    checkOneFailure(apply(), ProblemCode.DEVICE_READ, offset, 16 * CHUNK);
  }

  @Test
  void aFailedWriteFailsOnlyItsChunk() {
    int offset = 10 * CHUNK;
    origin.breakForWriting(new ByteRange(offset, 512));
    checkOneFailure(apply(), ProblemCode.DEVICE_WRITE, offset, 16 * CHUNK);
  }

  private void checkOneFailure(
      ApplyOutcome outcome, ProblemCode code, int originOffset, int storeOffset) {
    assertEquals(1, outcome.failures().size());
    FailedRange failure = outcome.failures().get(0);
    assertEquals(new FailedRange(originOffset, storeOffset, CHUNK, failure.problem()), failure);
    assertEquals(code, failure.problem().code());
    assertEquals(failure.problem(), outcome.problem());
    assertEquals(new Counts(20, 19, 0, 1, 0), outcome.exceptions());
    assertEquals(new Counts(20L * CHUNK, 19L * CHUNK, 0, CHUNK, 0), outcome.bytes());
    byte[] expected = merged.clone();
    System.arraycopy(before, originOffset, expected, originOffset, CHUNK);
    assertArrayEquals(expected, origin.durableContent());
  }

  @Test
  void joinsAdjacentFailuresAndWritesTheRestOfTheExtent() {
    StoreImage run = new StoreImage(8, 20 * CHUNK);
    for (int i = 0; i < 10; i++) {
      run.entry(20 + i, 2 + i);
    }
    origin.breakForWriting(new ByteRange(23 * CHUNK, 2 * CHUNK));
    ApplyOutcome outcome = apply(run.disk(), origin, Progress.NONE, CancelSignal.NEVER);
    assertEquals(1, outcome.failures().size());
    assertEquals(23L * CHUNK, outcome.failures().get(0).originOffset());
    assertEquals(5L * CHUNK, outcome.failures().get(0).storeOffset());
    assertEquals(2L * CHUNK, outcome.failures().get(0).bytes());
    assertEquals(8, outcome.exceptions().written());
    byte[] expected = before.clone();
    System.arraycopy(run.bytes(), 2 * CHUNK, expected, 20 * CHUNK, 10 * CHUNK);
    System.arraycopy(before, 23 * CHUNK, expected, 23 * CHUNK, 2 * CHUNK);
    assertArrayEquals(expected, origin.durableContent());
  }

  @Test
  void aFailedBarrierReportsNothingAsWritten() {
    origin.failBarrier(1);
    ApplyOutcome outcome = apply();
    assertTrue(outcome.changed());
    assertEquals(new Counts(20, 0, 0, 20, 0), outcome.exceptions());
    assertEquals(new Counts(20L * CHUNK, 0, 0, 20L * CHUNK, 0), outcome.bytes());
    assertEquals(ProblemCode.DEVICE_BARRIER, code(outcome));
    assertEquals(20L * CHUNK, outcome.failures().stream().mapToLong(FailedRange::bytes).sum());
    assertEquals(1, origin.cachesForgotten());
    assertArrayEquals(before, origin.content(), "the page cache must be dropped");

    ApplyOutcome again = apply();
    assertEquals(20, again.exceptions().written());
    assertArrayEquals(merged, origin.durableContent());
  }

  @Test
  void writesADirectOriginInWholeBlocks() {
    ExceptionStore store =
        ExceptionStore.read(storeDisk.openDirect(), origin.openForReading(), CancelSignal.NEVER);
    new Applier(store, origin.openDirect(), List.of(), null, true, 3)
        .run(Progress.NONE, CancelSignal.NEVER);
    assertEquals(0, origin.bounced() + storeDisk.bounced());
    assertArrayEquals(merged, origin.durableContent());
  }

  @Test
  void reportsTheFirstMappingsAndCountsTheRest() {
    ExceptionStore store =
        ExceptionStore.read(
            storeDisk.openForReading(), origin.openForReading(), CancelSignal.NEVER);
    ApplyOutcome outcome =
        new Applier(store, origin.openForWriting(), List.of(), null, true, 3)
            .run(Progress.NONE, CancelSignal.NEVER);
    assertEquals(3, outcome.mappings().size());
    assertEquals(17, outcome.mappingsOmitted());
    assertEquals(38, outcome.mappings().get(0).oldChunk());
    assertEquals(2L * CHUNK, outcome.mappings().get(0).storeOffset());
  }

  private ApplyOutcome apply() {
    return apply(storeDisk, origin, Progress.NONE, CancelSignal.NEVER);
  }

  static ApplyOutcome apply(
      MemoryDisk storeDisk, MemoryDisk origin, Progress progress, CancelSignal cancel) {
    return apply(storeDisk, origin, Long.MAX_VALUE, progress, cancel);
  }

  /**
   * Applies with a page cache of a given size.
   *
   * @param cacheBytes twice the size of a band
   */
  static ApplyOutcome apply(
      MemoryDisk storeDisk,
      MemoryDisk origin,
      long cacheBytes,
      Progress progress,
      CancelSignal cancel) {
    ExceptionStore store =
        ExceptionStore.read(
            storeDisk.openForReading(), origin.openForReading(), CancelSignal.NEVER);
    Applier applier = new Applier(store, origin.openForWriting(), List.of(), null, true, 100);
    applier.expectCache(cacheBytes);
    return applier.run(progress, cancel);
  }

  static ProblemCode code(ApplyOutcome outcome) {
    assertNotNull(outcome.problem());
    return outcome.problem().code();
  }

  private static long written(MemoryDisk disk) {
    return disk.writes().stream().mapToLong(ByteRange::length).sum();
  }
}

package io.github.dmtools.dmmerge.copy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.MemoryDisk;
import io.github.dmtools.dmmerge.device.Stamp;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.RandomStore;
import io.github.dmtools.dmmerge.exceptionstore.StoreImage;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Compares with the table's own order. */
final class OriginOrderTest {
  private static final int CHUNK = 4096;

  private record Piece(long index, long oldChunk, long newChunk, long offsetInChunk) {
    static List<Piece> all(PieceCursor pieces) {
      List<Piece> all = new ArrayList<>();
      while (pieces.hasNext()) {
        assertTrue(pieces.next());
        all.add(
            new Piece(
                pieces.index(), pieces.oldChunk(), pieces.newChunk(), pieces.offsetInChunk()));
      }
      assertFalse(pieces.next());
      assertFalse(pieces.next());
      return all;
    }
  }

  @Property(tries = 300)
  void sortsEachBandByOriginOffset(
      @ForAll long seed,
      @ForAll @IntRange(max = 6) int log2Sectors,
      @ForAll @IntRange(max = 13) int quarterAreas,
      @ForAll @IntRange(min = 1, max = 300) int band) {
    RandomStore random = RandomStore.of(seed, log2Sectors, quarterAreas);
    MemoryDisk origin = new MemoryDisk("/dev/origin", random.origin(seed));
    ExceptionStore store = read(random.image().disk().openForReading(), origin);
    List<Piece> table = Piece.all(new TableOrder(store));
    List<Piece> expected = new ArrayList<>();
    for (int at = 0; at < table.size(); at += band) {
      List<Piece> next = table.subList(at, Math.min(table.size(), at + band));
      boolean contiguous = span(next) < 2L * next.size();
      next.stream()
          .sorted(Comparator.comparingLong(piece -> contiguous ? piece.oldChunk() : piece.index()))
          .forEach(expected::add);
    }
    assertEquals(expected, Piece.all(bands(store, band)));
  }

  private static long span(List<Piece> pieces) {
    LongSummaryStatistics chunks = pieces.stream().mapToLong(Piece::newChunk).summaryStatistics();
    return chunks.getMax() - chunks.getMin();
  }

  /** Each band is prefetched before its first chunk, and the next one while it is processed. */
  @Test
  void prefetchesInTheStoresOrder() {
    int count = 10_000;
    MemoryDisk disk = scattered(count).disk();
    MemoryDisk origin = new MemoryDisk("/dev/origin", Stamp.of('o', count * CHUNK));
    ExceptionStore store = read(disk.openForReading(), origin);
    PieceCursor pieces = bands(store, 4000);
    TreeSet<Long> prefetched = new TreeSet<>();
    long end = 0;
    for (int i = 0; i < count; i++) {
      assertTrue(pieces.next());
      for (ByteRange range : disk.takePrefetched()) {
        assertTrue(range.offset() >= end, "prefetched twice, or out of order");
        end = range.end();
        assertTrue(range.length() <= 4 << 20, "too large to be interrupted");
        add(prefetched, range);
      }
      assertTrue(prefetched.contains(pieces.newChunk()), "chunk " + pieces.newChunk());
    }
  }

  /** The rest of a store is unused space. */
  @Test
  void prefetchesNothingPastTheTablesData() {
    MemoryDisk disk = largeDisk();
    ExceptionStore store = read(disk.openForReading(), largeOrigin());
    PieceCursor pieces = bands(store, 2000);
    for (int i = 0; i < 2000; i++) {
      assertTrue(pieces.next());
    }
    List<ByteRange> prefetched = disk.takePrefetched();
    assertTrue(prefetched.get(prefetched.size() - 1).end() < 2300L * CHUNK, prefetched.toString());
  }

  /** 2100 exceptions in a store of 4000 chunks. */
  private static MemoryDisk largeDisk() {
    StoreImage image = new StoreImage(8, 4000 * CHUNK);
    for (int i = 0; i < 2100; i++) {
      image.entry((i * 7919L) % 2100, 2 + i + i / 256);
    }
    return image.disk();
  }

  private static MemoryDisk largeOrigin() {
    return new MemoryDisk("/dev/origin", Stamp.of('o', 2100 * CHUNK));
  }

  /** The format allows each band to be in front of the one before it. */
  @Test
  void prefetchesBandsInReverseOrder() {
    StoreImage image = StoreImage.withRoomFor(8, 200);
    for (int i = 0; i < 200; i++) {
      image.entry((i * 7) % 200, 201 - i);
    }
    MemoryDisk disk = image.disk();
    ExceptionStore store = read(disk.openForReading(), largeOrigin());
    PieceCursor pieces = bands(store, 50);
    TreeSet<Long> prefetched = new TreeSet<>();
    for (int i = 0; i < 200; i++) {
      assertTrue(pieces.next());
      disk.takePrefetched().forEach(range -> add(prefetched, range));
      assertTrue(prefetched.contains(pieces.newChunk()), "chunk " + pieces.newChunk());
    }
  }

  @Test
  void cancellationStopsPrefetching() {
    MemoryDisk disk = largeDisk();
    ExceptionStore store = read(disk.openForReading(), largeOrigin());
    assertTrue(new OriginOrder(store, 4200L * CHUNK, () -> true).next());
    assertEquals(List.of(), disk.takePrefetched());
  }

  private static void add(Set<Long> chunks, ByteRange range) {
    for (long chunk = range.offset() / CHUNK; chunk < range.end() / CHUNK; chunk++) {
      chunks.add(chunk);
    }
  }

  @Test
  void doesNotPrefetchASortedTable() {
    StoreImage image = StoreImage.withRoomFor(8, 5000);
    for (int i = 0; i < 5000; i++) {
      image.entry(i, 2 + i + i / 256);
    }
    MemoryDisk disk = image.disk();
    MemoryDisk origin = new MemoryDisk("/dev/origin", Stamp.of('o', 5000 * CHUNK));
    ExceptionStore store = read(disk.openForReading(), origin);
    assertEquals(5000, Piece.all(bands(store, 128)).size());
    assertEquals(List.of(), disk.takePrefetched());
  }

  @Test
  void aChangedTableFailsItsBand() {
    StoreImage image = scattered(1000);
    MemoryDisk disk = image.disk();
    MemoryDisk origin = new MemoryDisk("/dev/origin", Stamp.of('o', 1000 * CHUNK));
    ExceptionStore store = read(disk.openForReading(), origin);
    disk.set(image.offsetOfEntry(700), new byte[] {77});
    PieceCursor pieces = bands(store, 500);
    for (int i = 0; i < 500; i++) {
      assertTrue(pieces.next());
    }
    ProblemException changed = assertThrows(ProblemException.class, pieces::next);
    assertEquals(ProblemCode.STORE_CHANGED, changed.problem().code());
  }

  @Test
  void doesNotSupportLargeChunksOrDirectDevices() {
    MemoryDisk origin = new MemoryDisk("/dev/origin", Stamp.of('o', 1000 * CHUNK));
    MemoryDisk disk = scattered(10).disk();
    assertTrue(OriginOrder.supports(read(disk.openForReading(), origin)));
    assertFalse(OriginOrder.supports(read(disk.openDirect(), origin)));
    int sectors = 2 * TableOrder.MAX_PIECE_BYTES / 512;
    StoreImage large = new StoreImage(sectors, 3 * sectors * 512).entry(0, 2);
    assertFalse(OriginOrder.supports(read(large.disk().openForReading(), origin)));
  }

  /** Maps every chunk of the origin once, in scattered order. */
  private static StoreImage scattered(int count) {
    StoreImage image = StoreImage.withRoomFor(8, count);
    for (int i = 0; i < count; i++) {
      image.entry((i * 7919L) % count, 2 + i + i / 256);
    }
    return image;
  }

  private static PieceCursor bands(ExceptionStore store, int pieces) {
    long cacheBytes = 2L * pieces * store.chunkSize().bytes();
    return new OriginOrder(store, cacheBytes, CancelSignal.NEVER);
  }

  private static ExceptionStore read(BlockDevice store, MemoryDisk origin) {
    return ExceptionStore.read(store, origin.openForReading(), CancelSignal.NEVER);
  }
}

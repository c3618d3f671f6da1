package io.github.dmtools.dmmerge.exceptionstore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.MemoryDisk;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Reads tables, and detects later changes. */
final class ExceptionStoreTest {
  @Property(tries = 300)
  void readsEveryEntryOfAValidTable(
      @ForAll long seed,
      @ForAll @IntRange(max = 6) int log2Sectors,
      @ForAll @IntRange(max = 13) int quarterAreas) {
    RandomStore random = RandomStore.of(seed, log2Sectors, quarterAreas);
    StoreImage image = random.image();
    MemoryDisk origin = new MemoryDisk("/dev/origin", new byte[random.originBytes()]);
    ExceptionStore store =
        ExceptionStore.read(
            image.disk().openForReading(), origin.openForReading(), CancelSignal.NEVER);

    assertEquals(image.chunkSize(), store.chunkSize());
    assertEquals(image.entries().size(), store.exceptions());
    assertEquals(image.entries().size() / image.entriesPerArea() + 1, store.areas());
    assertTrue(store.leftovers().isEmpty());
    TableCursor entry = store.entries();
    long bytes = 0;
    for (int i = 0; i < image.entries().size(); i++) {
      assertTrue(entry.next());
      assertEquals(i, entry.index());
      assertArrayEquals(
          image.entries().get(i), new long[] {entry.oldChunk(), entry.newChunk()}, "entry " + i);
      long start = entry.oldChunk() * image.chunkSize().bytes();
      bytes += Math.min(image.chunkSize().bytes(), random.originBytes() - start);
    }
    assertFalse(entry.next());
    assertFalse(entry.next());
    assertEquals(bytes, store.bytes());
  }

  @Test
  void aFullAreaIsFollowedByAnother() {
    for (int entries : new int[] {31, 32, 33, 64}) {
      StoreImage image = StoreImage.withRoomFor(1, entries);
      for (int i = 0; i < entries; i++) {
        image.entry(i, 2 + i + i / 32);
      }
      ExceptionStore store = read(image.disk());
      assertEquals(entries, store.exceptions());
      assertEquals(entries / 32 + 1, store.areas());
    }
  }

  @Test
  void aTableIsReadInSlices() {
    int entries = 2 * 64 * 1024 / 16 + 5;
    StoreImage image = new StoreImage(512, 256 * 1024 * 6);
    for (int i = 0; i < 3; i++) {
      image.entry(7 - i, 2 + i);
    }
    assertEquals(3, read(image.disk()).exceptions());
    // Leftovers in the slices past the end count too.
    image.put(entries, 1, 1);
    ExceptionStore store = read(image.disk());
    assertEquals(3, store.exceptions());
    String message = store.leftovers().orElseThrow().message();
    assertTrue(message.contains(" " + image.offsetOfEntry(entries) + ":"), message);
  }

  @Test
  void detectsAChangedTable() {
    StoreImage image = StoreImage.withRoomFor(1, 40);
    for (int i = 0; i < 40; i++) {
      image.entry(i, 2 + i + i / 32);
    }
    MemoryDisk disk = image.disk();
    ExceptionStore store = read(disk);
    disk.set(image.offsetOfEntry(33), new byte[] {99});
    TableCursor entry = store.entries();
    for (int i = 0; i < 32; i++) {
      assertTrue(entry.next(), "the first area is what it was");
    }
    Problem problem = assertThrows(ProblemException.class, entry::next).problem();
    assertEquals(ProblemCode.STORE_CHANGED, problem.code());
    assertEquals(image.offsetOfEntry(32), problem.offset());
    assertEquals("/dev/store", problem.path());
  }

  @Test
  void detectsALongerOrShorterTable() {
    StoreImage image = StoreImage.withRoomFor(1, 10).entry(0, 2).entry(1, 3);
    MemoryDisk disk = image.disk();
    ExceptionStore store = read(disk);
    disk.set(image.offsetOfEntry(2), new byte[] {5, 0, 0, 0, 0, 0, 0, 0, 4});
    assertEquals(ProblemCode.STORE_CHANGED, changed(store));
    disk.set(image.offsetOfEntry(1), new byte[32]);
    assertEquals(ProblemCode.STORE_CHANGED, changed(store));
    disk.set(0, image.bytes());
    assertTrue(store.entries().next(), "what was put back is what was read");
  }

  @Test
  void anUnreadableAreaIsAnError() {
    StoreImage image = StoreImage.withRoomFor(1, 40);
    for (int i = 0; i < 40; i++) {
      image.entry(i, 2 + i + i / 32);
    }
    MemoryDisk disk = image.disk();
    disk.breakForReading(new ByteRange(image.offsetOfEntry(32), 1));
    Problem problem = assertThrows(ProblemException.class, () -> read(disk)).problem();
    assertEquals(ProblemCode.DEVICE_READ, problem.code());
    assertEquals(image.offsetOfEntry(32), problem.offset());
    assertEquals(5, problem.errno());
  }

  @Test
  void stopsWhenCancelled() {
    StoreImage image = StoreImage.withRoomFor(1, 1).entry(0, 2);
    Problem problem =
        assertThrows(
                ProblemException.class,
                () -> ExceptionStore.read(image.disk().openForReading(), null, () -> true))
            .problem();
    assertEquals(ProblemCode.RUN_INTERRUPTED, problem.code());
  }

  @Test
  void theLastChunkIsClipped() {
    StoreImage image = StoreImage.withRoomFor(8, 2).entry(1, 2).entry(0, 3);
    MemoryDisk origin = new MemoryDisk("/dev/origin", new byte[4096 + 1]);
    ExceptionStore store =
        ExceptionStore.read(
            image.disk().openForReading(), origin.openForReading(), CancelSignal.NEVER);
    assertEquals(4097, store.bytes());
    assertEquals(new ChunkSize(4096), store.chunkSize());
    assertEquals(2 * 4096, read(image.disk()).bytes(), "without an origin nothing is clipped");
  }

  private static ProblemCode changed(ExceptionStore store) {
    return assertThrows(ProblemException.class, () -> store.entries().next()).problem().code();
  }

  private static ExceptionStore read(MemoryDisk disk) {
    return ExceptionStore.read(disk.openForReading(), null, CancelSignal.NEVER);
  }
}

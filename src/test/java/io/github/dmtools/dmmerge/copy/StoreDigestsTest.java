package io.github.dmtools.dmmerge.copy;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.device.MemoryDisk;
import io.github.dmtools.dmmerge.device.Stamp;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.StoreImage;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A pass in the table's order, then one that must have the same data in hand. */
final class StoreDigestsTest {
  private static final int SECTOR = 512;
  private static final int CHUNKS = 40;

  /** Memory for the digests of all pieces, or for too few of them. */
  private static final long PLENTY = 1 << 20;

  private static final long TOO_LITTLE = 16;

  private final StoreImage image = StoreImage.withRoomFor(8, CHUNKS);
  private final MemoryDisk disk;
  private final ExceptionStore store;

  StoreDigestsTest() {
    for (int i = 0; i < CHUNKS; i++) {
      image.entry(CHUNKS - 1 - i, 2 + i);
    }
    disk = image.disk();
    store = read(disk);
  }

  private static ExceptionStore read(MemoryDisk disk) {
    MemoryDisk origin = new MemoryDisk("/dev/origin", Stamp.of('o', 64 << 10 << 4));
    return ExceptionStore.read(disk.openForReading(), origin.openForReading(), CancelSignal.NEVER);
  }

  private StoreDigests digests(long memory) {
    StoreDigests digests = new StoreDigests(store, memory);
    each(new TableOrder(store), Window.LARGE_BYTES, window -> add(digests, window));
    return digests;
  }

  private static boolean add(StoreDigests digests, Window window) {
    digests.add(window, PieceDigests.storeOf(window));
    return true;
  }

  private interface Step {
    boolean on(Window window);
  }

  /** Whether a step says so for every window. */
  private boolean each(PieceCursor pieces, int windowBytes, Step step) {
    Window window = new Window(store, null, windowBytes);
    boolean all = true;
    try (TransferPool pool = new TransferPool()) {
      while (window.fill(pieces, pool)) {
        all &= step.on(window);
      }
    }
    return all;
  }

  private boolean matchInAnyOrder(StoreDigests digests) {
    return each(
        new OriginOrder(store, 1 << 20, CancelSignal.NEVER), 3 * 8 * SECTOR, digests::match);
  }

  private boolean matchInTableOrder(StoreDigests digests) {
    return each(new TableOrder(store), Window.LARGE_BYTES, digests::match);
  }

  @Test
  void digestsOfPiecesMatchInAnyOrder() {
    StoreDigests digests = digests(PLENTY);
    assertTrue(digests.inAnyOrder());
    assertTrue(matchInTableOrder(digests));
    assertTrue(matchInAnyOrder(digests));
  }

  @Test
  void digestsOfRangesMatchInTheTablesOrderAlone() {
    StoreDigests digests = digests(TOO_LITTLE);
    assertFalse(digests.inAnyOrder());
    assertTrue(matchInTableOrder(digests));
    assertFalse(matchInAnyOrder(digests));
  }

  /** Whichever chunk it is in. */
  @Test
  void everyChangedByteIsFound() {
    for (long memory : List.of(PLENTY, TOO_LITTLE)) {
      StoreDigests digests = digests(memory);
      for (int chunk = 2; chunk < 2 + CHUNKS; chunk++) {
        int offset = chunk * 8 * SECTOR + 97 * chunk;
        byte old = disk.content()[offset];
        disk.set(offset, new byte[] {(byte) ~old});
        assertFalse(matchInTableOrder(digests), "chunk " + chunk);
        assertFalse(matchInAnyOrder(digests), "chunk " + chunk);
        disk.set(offset, new byte[] {old});
      }
      assertTrue(matchInTableOrder(digests));
    }
  }

  /** What was checked for one place must not go to another one. */
  @Test
  void dataInAnotherPlaceDoesNotMatch() {
    StoreImage moved = StoreImage.withRoomFor(8, CHUNKS);
    for (int i = 0; i < CHUNKS; i++) {
      moved.entry(i, 2 + i);
    }
    MemoryDisk other = moved.disk();
    other.set(2 * 8 * SECTOR, disk.content(), 2 * 8 * SECTOR, CHUNKS * 8 * SECTOR);
    for (long memory : List.of(PLENTY, TOO_LITTLE)) {
      StoreDigests digests = digests(memory);
      Window window = new Window(read(other), null);
      try (TransferPool pool = new TransferPool()) {
        assertTrue(window.fill(new TableOrder(read(other)), pool));
      }
      assertFalse(digests.match(window));
    }
  }
}

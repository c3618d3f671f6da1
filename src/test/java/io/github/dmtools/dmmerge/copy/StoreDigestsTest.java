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

/** One pass records digests in the table's order, a second one must read the same data. */
final class StoreDigestsTest {
  private static final int SECTOR = 512;
  private static final int CHUNKS = 40;

  /** Enough memory for the digests of all pieces. */
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

  /** Returns true if the step returns true for every window. */
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

  private boolean matchesInAnyOrder(StoreDigests digests) {
    return each(
        new OriginOrder(store, 1 << 20, CancelSignal.NEVER), 3 * 8 * SECTOR, digests::matches);
  }

  private boolean matchesInTableOrder(StoreDigests digests) {
    return each(new TableOrder(store), Window.LARGE_BYTES, digests::matches);
  }

  @Test
  void digestsOfPiecesMatchInAnyOrder() {
    StoreDigests digests = digests(PLENTY);
    assertTrue(digests.allowsAnyOrder());
    assertTrue(matchesInTableOrder(digests));
    assertTrue(matchesInAnyOrder(digests));
  }

  @Test
  void digestsOfRangesMatchOnlyInTheTablesOrder() {
    StoreDigests digests = digests(TOO_LITTLE);
    assertFalse(digests.allowsAnyOrder());
    assertTrue(matchesInTableOrder(digests));
    assertFalse(matchesInAnyOrder(digests));
  }

  @Test
  void findsEveryChangedByte() {
    for (long memory : List.of(PLENTY, TOO_LITTLE)) {
      StoreDigests digests = digests(memory);
      for (int chunk = 2; chunk < 2 + CHUNKS; chunk++) {
        int offset = chunk * 8 * SECTOR + 97 * chunk;
        byte old = disk.content()[offset];
        disk.set(offset, new byte[] {(byte) ~old});
        assertFalse(matchesInTableOrder(digests), "chunk " + chunk);
        assertFalse(matchesInAnyOrder(digests), "chunk " + chunk);
        disk.set(offset, new byte[] {old});
      }
      assertTrue(matchesInTableOrder(digests));
    }
  }

  /** Data that was checked for one offset must not go to another one. */
  @Test
  void dataAtAnotherOffsetDoesNotMatch() {
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
      assertFalse(digests.matches(window));
    }
  }
}

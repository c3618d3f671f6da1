package io.github.dmtools.dmmerge.copy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.device.MemoryDisk;
import io.github.dmtools.dmmerge.device.Stamp;
import io.github.dmtools.dmmerge.digest.Sha256;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.StoreImage;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which pieces form an extent, and what its digests cover. */
final class ExtentTest {
  private static final int CHUNK = 4096;
  private static final int LAST = 1536;

  /**
   * Chunks 0 to 2 are contiguous on both devices, chunk 3 only in the origin; chunk 5 is clipped.
   */
  @Test
  void digestsChunksInTheOriginsOrder() {
    StoreImage image =
        StoreImage.withRoomFor(8, 8).entry(2, 4).entry(0, 2).entry(1, 3).entry(3, 6).entry(5, 7);
    byte[] before = Stamp.of('o', 5 * CHUNK + LAST);
    List<Extent> extents = extents(image, before);
    assertEquals(3, extents.size());
    check(extents.get(0), 0, 2 * CHUNK, 3 * CHUNK, before, image.bytes());
    check(extents.get(1), 3 * CHUNK, 6 * CHUNK, CHUNK, before, image.bytes());
    check(extents.get(2), 5 * CHUNK, 7 * CHUNK, LAST, before, image.bytes());
  }

  private static void check(
      Extent extent, int originOffset, int storeOffset, int bytes, byte[] origin, byte[] store) {
    assertEquals(originOffset, extent.originOffset());
    assertEquals(storeOffset, extent.storeOffset());
    assertEquals(bytes, extent.bytes());
    assertTrue(extent.ofChunks());
    assertArrayEquals(ofChunks(origin, originOffset, bytes), extent.before());
    assertArrayEquals(ofChunks(store, storeOffset, bytes), extent.after());
  }

  private static byte[] ofChunks(byte[] side, int offset, int bytes) {
    ByteArrayOutputStream digests = new ByteArrayOutputStream();
    for (int at = 0; at < bytes; at += CHUNK) {
      ByteBuffer chunk = ByteBuffer.wrap(side, offset + at, Math.min(CHUNK, bytes - at));
      digests.writeBytes(Sha256.of(chunk));
    }
    return Sha256.of(ByteBuffer.wrap(digests.toByteArray()));
  }

  /** A chunk of several pieces has no digest of its own. */
  @Test
  void digestsPiecesOfLargeChunks() {
    int piece = TableOrder.MAX_PIECE_BYTES;
    int chunk = 2 * piece;
    StoreImage image = new StoreImage(chunk / 512, 4 * chunk).entry(0, 2).entry(1, 3);
    byte[] before = Stamp.of('o', chunk + LAST);
    List<Extent> extents = extents(image, before);
    assertEquals(List.of(0L, (long) piece, 2L * piece), offsets(extents));
    for (Extent extent : extents) {
      assertFalse(extent.ofChunks());
      int origin = (int) extent.originOffset();
      int store = (int) extent.storeOffset();
      assertArrayEquals(
          Sha256.of(ByteBuffer.wrap(before, origin, extent.bytes())), extent.before());
      assertArrayEquals(
          Sha256.of(ByteBuffer.wrap(image.bytes(), store, extent.bytes())), extent.after());
    }
    assertEquals(LAST, extents.get(2).bytes());
  }

  private static List<Long> offsets(List<Extent> extents) {
    return extents.stream().map(Extent::originOffset).toList();
  }

  private static List<Extent> extents(StoreImage image, byte[] before) {
    MemoryDisk origin = new MemoryDisk("/dev/origin", before);
    ExceptionStore store =
        ExceptionStore.read(
            image.disk().openForReading(), origin.openForReading(), CancelSignal.NEVER);
    Window window = new Window(store, origin.openForReading());
    PieceCursor pieces = new TableOrder(store);
    List<Extent> extents = new ArrayList<>();
    try (TransferPool pool = new TransferPool()) {
      while (window.fill(pieces, pool)) {
        assertNull(window.firstProblem());
        extents.addAll(Extent.of(window));
      }
    }
    return extents;
  }
}

package io.github.dmtools.dmmerge.copy;

import io.github.dmtools.dmmerge.digest.Sha256;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Digests of a store's data and of where it goes, so that a later pass can prove that it reads the
 * same data. There is a SHA-256 for each piece or, if these would take too much memory, for each
 * range of pieces. Pieces can be checked in any order, ranges only in the table's order.
 */
public final class StoreDigests {
  /** The digests take at most this fraction of Java's maximum memory: one eighth. */
  private static final int MEMORY_SHARE = 8;

  private static final long MAX_BYTES = 1 << 30;

  private final int rangePieces;
  private final byte[] digests;

  /** Reserves space for the digests of a store; {@link #add} fills it. */
  public StoreDigests(ExceptionStore store) {
    this(store, Math.min(MAX_BYTES, Runtime.getRuntime().maxMemory() / MEMORY_SHARE));
  }

  /**
   * @param maxBytes memory limit for digests of single pieces
   */
  StoreDigests(ExceptionStore store, long maxBytes) {
    long piecesPerChunk = TableOrder.piecesPerChunk(store.chunkSize());
    long pieces = Math.multiplyExact(store.exceptions(), piecesPerChunk);
    // Chunks of several pieces are large, so there are few of them.
    boolean each = piecesPerChunk > 1 || pieces <= maxBytes / Sha256.BYTES;
    this.rangePieces = each ? 1 : Window.capacity(store);
    long ranges = (pieces + rangePieces - 1) / rangePieces;
    this.digests = new byte[Math.toIntExact(Math.multiplyExact(ranges, Sha256.BYTES))];
  }

  /** True if a later pass may use another order than the table's. */
  public boolean allowsAnyOrder() {
    return rangePieces == 1;
  }

  /**
   * Records the digests of a window of {@link Window#LARGE_BYTES}, filled in the table's order.
   *
   * @param found digests of the window's pieces
   */
  public void add(Window window, PieceDigests found) {
    ranges(window)
        .forEach(
            slot -> {
              byte[] digest = digest(window, found, slot);
              System.arraycopy(digest, 0, digests, offset(window, slot), Sha256.BYTES);
            });
  }

  /** True if the store's bytes in a window match the recorded digests. */
  public boolean matches(Window window) {
    PieceDigests found = PieceDigests.storeOf(window);
    return ranges(window)
        .allMatch(
            slot -> {
              int at = offset(window, slot);
              byte[] digest = digest(window, found, slot);
              return Arrays.equals(digest, 0, Sha256.BYTES, digests, at, at + Sha256.BYTES);
            });
  }

  /** The first slot of each range. */
  private IntStream ranges(Window window) {
    int count = (window.size() + rangePieces - 1) / rangePieces;
    return IntStream.range(0, count).parallel().map(range -> range * rangePieces);
  }

  private int offset(Window window, int slot) {
    return Math.toIntExact(window.pieceIndex(slot) / rangePieces * Sha256.BYTES);
  }

  /** Covers the offsets and digests of one range of pieces. */
  private byte[] digest(Window window, PieceDigests found, int first) {
    MessageDigest digest = Sha256.ofThread();
    ByteBuffer places = ByteBuffer.allocate(2 * Long.BYTES);
    for (int slot = first; slot < Math.min(window.size(), first + rangePieces); slot++) {
      places.clear().putLong(window.originOffset(slot)).putLong(window.storeOffset(slot));
      digest.update(places.flip());
      digest.update(found.store(slot));
    }
    return digest.digest();
  }
}

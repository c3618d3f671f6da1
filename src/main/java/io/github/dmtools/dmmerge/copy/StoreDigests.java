package io.github.dmtools.dmmerge.copy;

import io.github.dmtools.dmmerge.digest.Sha256;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What a store held when it was checked, so that a later pass over its data can prove that it has
 * the same in hand: a SHA-256 of each piece of the table and its places or, where these would fill
 * the memory, of each range of pieces. Pieces are checked in any order, ranges in the table's
 * order.
 */
public final class StoreDigests {
  /** Of the memory that Java may use, at most this part is for digests. */
  private static final int MEMORY_SHARE = 8;

  private static final long MAX_BYTES = 1 << 30;

  private final int rangePieces;
  private final byte[] digests;

  /** For all pieces of a store, none of them known yet. */
  public StoreDigests(ExceptionStore store) {
    this(store, Math.min(MAX_BYTES, Runtime.getRuntime().maxMemory() / MEMORY_SHARE));
  }

  /**
   * @param maxBytes how much memory the digests of single pieces may take
   */
  StoreDigests(ExceptionStore store, long maxBytes) {
    long piecesPerChunk = TableOrder.piecesPerChunk(store.chunkSize());
    long pieces = Math.multiplyExact(store.exceptions(), piecesPerChunk);
    // A chunk of several pieces is so large that there are few of them.
    boolean each = piecesPerChunk > 1 || pieces <= maxBytes / Sha256.BYTES;
    this.rangePieces = each ? 1 : Window.capacity(store);
    long ranges = (pieces + rangePieces - 1) / rangePieces;
    this.digests = new byte[Math.toIntExact(Math.multiplyExact(ranges, Sha256.BYTES))];
  }

  /** Whether a later pass may go through the table in another order than its own. */
  public boolean inAnyOrder() {
    return rangePieces == 1;
  }

  /**
   * Remembers the store's bytes of a large window in the table's order.
   *
   * @param found with the store's side of that window
   */
  public void add(Window window, PieceDigests found) {
    ranges(window)
        .forEach(
            slot -> {
              byte[] digest = digest(window, found, slot);
              System.arraycopy(digest, 0, digests, offset(window, slot), Sha256.BYTES);
            });
  }

  /** Whether the store's bytes in a window are those that were remembered. */
  public boolean match(Window window) {
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

  /** Of the places and the digests of the pieces from a slot on. */
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

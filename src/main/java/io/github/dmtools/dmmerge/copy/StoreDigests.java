package io.github.dmtools.dmmerge.copy;

import io.github.dmtools.dmmerge.digest.Sha256;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Digests of a store's data and of where it goes, so that a later pass can prove that it reads the
 * same data. There is a SHA-256 for each piece or, if these would take too much memory, for each
 * range of pieces. Pieces can be checked in any order, ranges only in the table's order.
 */
public final class StoreDigests {
  /** The digests take at most this fraction of Java's maximum memory: one eighth. */
  private static final int MEMORY_SHARE = 8;

  private static final long MAX_BYTES = 1 << 30;

  /** Two byte offsets and a SHA-256. */
  private static final int ENTRY_BYTES = 2 * Long.BYTES + Sha256.BYTES;

  private final int rangePieces;
  private final int valueBytes;
  private final byte[] values;

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
    boolean each = piecesPerChunk > 1 || pieces <= maxBytes / ENTRY_BYTES;
    this.rangePieces = each ? 1 : Window.capacity(store);
    this.valueBytes = each ? ENTRY_BYTES : Sha256.BYTES;
    long ranges = (pieces + rangePieces - 1) / rangePieces;
    this.values = new byte[Math.toIntExact(Math.multiplyExact(ranges, valueBytes))];
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
    for (int slot = 0; slot < window.size(); slot += rangePieces) {
      System.arraycopy(value(window, found, slot), 0, values, offset(window, slot), valueBytes);
    }
  }

  /** True if the store's bytes in a window match the recorded digests. */
  public boolean matches(Window window) {
    PieceDigests found = PieceDigests.storeOf(window);
    for (int slot = 0; slot < window.size(); slot += rangePieces) {
      int at = offset(window, slot);
      byte[] value = value(window, found, slot);
      if (!Arrays.equals(value, 0, valueBytes, values, at, at + valueBytes)) {
        return false;
      }
    }
    return true;
  }

  private int offset(Window window, int slot) {
    return Math.toIntExact(window.pieceIndex(slot) / rangePieces * valueBytes);
  }

  /** The entry of one piece; for several pieces, the SHA-256 over the entries of the range. */
  private byte[] value(Window window, PieceDigests found, int first) {
    int end = Math.min(window.size(), first + rangePieces);
    ByteBuffer entries = ByteBuffer.allocate((end - first) * ENTRY_BYTES);
    for (int slot = first; slot < end; slot++) {
      entries.putLong(window.originOffset(slot)).putLong(window.storeOffset(slot));
      entries.put(found.store(slot));
    }
    return rangePieces == 1 ? entries.array() : Sha256.of(entries.flip());
  }
}

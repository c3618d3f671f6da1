package io.github.dmtools.dmmerge.copy;

import io.github.dmtools.dmmerge.digest.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One digest for each large window of a store in the table's order, so that a later pass over its
 * data can prove that it has in hand what an earlier one checked: 32 bytes for every 8 MiB.
 */
public final class WindowSums {
  private final List<byte[]> sums = new ArrayList<>();

  /**
   * Remembers the store's bytes of the next window.
   *
   * @param pieces with the store's side of that window
   */
  public void add(Window window, PieceDigests pieces) {
    sums.add(sum(window, pieces));
  }

  /**
   * Whether the store's bytes in a window are those that were remembered.
   *
   * @param number of the window, from 0
   */
  public boolean matches(int number, Window window) {
    return number < sums.size()
        && Arrays.equals(sums.get(number), sum(window, PieceDigests.storeOf(window)));
  }

  /** Of the places and the digests of all pieces. */
  private static byte[] sum(Window window, PieceDigests pieces) {
    MessageDigest digest = Sha256.create();
    ByteBuffer place = ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES);
    for (int slot = 0; slot < window.size(); slot++) {
      place.clear();
      place.putLong(window.originOffset(slot)).putLong(window.storeOffset(slot));
      place.putInt(window.bytes(slot));
      digest.update(place.flip());
      digest.update(pieces.store(slot));
    }
    return digest.digest();
  }
}

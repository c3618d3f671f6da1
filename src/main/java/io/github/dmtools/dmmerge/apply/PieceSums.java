package io.github.dmtools.dmmerge.apply;

import io.github.dmtools.dmmerge.copy.Window;
import io.github.dmtools.dmmerge.digest.SectorSums;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Checksums of a window's store data, 4 bytes per sector. They are computed while the previous
 * window is written, so an undo store does not wait for them.
 */
final class PieceSums {
  private final SectorSums sums = new SectorSums();
  private final int[] starts;
  private final int[] ends;
  private ByteBuffer buffer = ByteBuffer.allocate(0);

  PieceSums(int capacity) {
    this.starts = new int[capacity];
    this.ends = new int[capacity];
  }

  /** Computes the sums of the pending pieces. */
  void of(Window window) {
    int count = 0;
    for (int slot = 0; slot < window.size(); slot++) {
      count += window.isPending(slot) ? SectorSums.count(window.bytes(slot)) : 0;
    }
    if (buffer.capacity() < count * SectorSums.SUM_BYTES) {
      buffer = ByteBuffer.allocate(count * SectorSums.SUM_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }
    buffer.clear();
    for (int slot = 0; slot < window.size(); slot++) {
      if (window.isPending(slot)) {
        starts[slot] = buffer.position();
        sums.append(window.storeBytes(slot), buffer);
        ends[slot] = buffer.position();
      }
    }
  }

  /** The sums of a pending piece. */
  ByteBuffer of(int slot) {
    return buffer.slice(starts[slot], ends[slot] - starts[slot]);
  }
}

package io.github.dmtools.dmmerge.copy;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.BlockDevice;
import java.nio.ByteBuffer;
import java.util.function.IntPredicate;

/** Writes a window's store data to the origin. No other code writes to an origin. */
final class OriginWriter {
  /** Below this size, a file system shares blocks more slowly than it writes them. */
  private static final int MIN_SHARED_BYTES = 256 << 10;

  /** The smallest hole of any file system. */
  private static final ByteBuffer NO_BYTES = ByteBuffer.allocateDirect(ChunkSize.SECTOR_BYTES);

  private final BlockDevice device;
  private final DeviceBuffer origin;
  private final DeviceBuffer store;
  private final boolean sharing;

  /**
   * @param device the origin, opened for writing
   * @param origin holds the same pieces as {@code store}
   * @param sharing whether to share the store's blocks with the origin if both devices support it
   */
  OriginWriter(BlockDevice device, DeviceBuffer origin, DeviceBuffer store, boolean sharing) {
    this.device = device;
    this.origin = origin;
    this.store = store;
    this.sharing = sharing && store.device().mayShareInto(device);
  }

  /**
   * Writes the chosen pieces as extents. Direct writes run in parallel. Buffered writes follow in
   * the origin's order, because the kernel does not keep concurrent direct and buffered writes
   * coherent, not even within one page. It does so for shared blocks.
   */
  void write(TransferPool pool, IntPredicate chosen, DeviceBuffer.FailureSink failures) {
    DeviceBuffer.Transfer transfer = sharing ? this::shareOrWrite : this::write;
    int count = origin.findExtents(chosen);
    // Read once: another thread may fall back to buffered writes meanwhile.
    boolean direct = device.direct();
    IntPredicate pastCache = extent -> direct && origin.isAligned(extent, device.directAlignment());
    if (direct) {
      pool.forEach(
          count,
          extent -> {
            if (pastCache.test(extent)) {
              origin.transfer(transfer, extent, failures);
            }
          });
    }
    for (int extent = 0; extent < count; extent++) {
      if (!pastCache.test(extent)) {
        origin.transfer(transfer, extent, failures);
      }
    }
  }

  private void write(int from, int end) {
    device.write(origin.contiguousBytes(store, from, end), originOffset(from));
  }

  private long originOffset(int position) {
    return origin.offsetOf(origin.slotAt(position));
  }

  /** Shares the runs that are contiguous in the store too, and writes the rest. */
  private void shareOrWrite(int from, int end) {
    int unwritten = from;
    int next;
    for (int run = from; run < end; run = next) {
      next = origin.runEnd(store, run, end);
      if (share(run, next)) {
        if (unwritten < run) {
          write(unwritten, run);
        }
        unwritten = next;
      }
    }
    if (unwritten < end) {
      write(unwritten, end);
    }
  }

  /** Returns true if the run was shared. */
  private boolean share(int from, int end) {
    int bytes = origin.bytesBetween(from, end);
    return bytes >= MIN_SHARED_BYTES
        && !mayHaveHoles(origin.contiguousBytes(store, from, end))
        && store
            .device()
            .shareInto(device, store.offsetOf(origin.slotAt(from)), originOffset(from), bytes);
  }

  /** Sharing a hole of a sparse store would free space that the origin may have reserved. */
  private static boolean mayHaveHoles(ByteBuffer bytes) {
    for (int at = bytes.position(); at < bytes.limit(); at += NO_BYTES.capacity()) {
      int length = Math.min(NO_BYTES.capacity(), bytes.limit() - at);
      // Most non-zero sectors differ from zero in their first bytes.
      boolean beginsWithZeroes = length < Long.BYTES || bytes.getLong(at) == 0;
      if (beginsWithZeroes && bytes.slice(at, length).mismatch(NO_BYTES.slice(0, length)) < 0) {
        return true;
      }
    }
    return false;
  }
}

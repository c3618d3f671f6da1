package io.github.dmtools.dmmerge.copy;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.BlockDevice;
import java.nio.ByteBuffer;
import java.util.function.IntPredicate;

/** Writes what a window has of the store into the origin: the only place where that happens. */
final class OriginWriter {
  /** Below this, sharing blocks takes a file system longer than writing them. */
  private static final int MIN_SHARED_BYTES = 256 << 10;

  /** As large as the smallest hole of any file system. */
  private static final ByteBuffer NO_BYTES = ByteBuffer.allocateDirect(ChunkSize.SECTOR_BYTES);

  private final BlockDevice device;
  private final DeviceBuffer origin;
  private final DeviceBuffer store;
  private final boolean sharing;

  /**
   * @param device the origin, opened for writing
   * @param origin arranged for the same pieces as {@code store}
   * @param sharing whether the origin may get the store's blocks themselves, where both devices can
   *     do that
   */
  OriginWriter(BlockDevice device, DeviceBuffer origin, DeviceBuffer store, boolean sharing) {
    this.device = device;
    this.origin = origin;
    this.store = store;
    this.sharing = sharing && store.device().mayShareInto(device);
  }

  /**
   * Writes the chosen pieces as extents. Past the page cache several go at once. What goes through
   * the cache, the rest of a page that a direct write touches included, goes after them in the
   * origin's order: the kernel does not keep the two coherent while both go on. It does so for
   * shared blocks.
   */
  void write(TransferPool pool, IntPredicate chosen, DeviceBuffer.FailureSink failures) {
    DeviceBuffer.Transfer transfer = sharing ? this::shareOrWrite : this::write;
    int count = origin.cut(chosen);
    // Asked once: another thread may find out meanwhile that direct writes are refused.
    boolean direct = device.direct();
    IntPredicate pastCache = extent -> direct && origin.isAligned(extent, device.directAlignment());
    if (direct) {
      pool.each(
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
    device.write(origin.bytesOf(store, from, end), originOffset(from));
  }

  private long originOffset(int place) {
    return origin.offsetOf(origin.slotAt(place));
  }

  /** Shares the runs that touch in the store too, and writes what is between them. */
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

  /** Returns whether the bytes of a run are there now. */
  private boolean share(int from, int end) {
    int bytes = origin.bytesBetween(from, end);
    return bytes >= MIN_SHARED_BYTES
        && !mayHaveHoles(origin.bytesOf(store, from, end))
        && store
            .device()
            .shareInto(device, store.offsetOf(origin.slotAt(from)), originOffset(from), bytes);
  }

  /** A hole in a sparse store would take space from the origin that it may have reserved. */
  private static boolean mayHaveHoles(ByteBuffer bytes) {
    for (int at = bytes.position(); at < bytes.limit(); at += NO_BYTES.capacity()) {
      int length = Math.min(NO_BYTES.capacity(), bytes.limit() - at);
      // Most sectors that hold anything show it in their first bytes.
      boolean beginsWithZeroes = length < Long.BYTES || bytes.getLong(at) == 0;
      if (beginsWithZeroes && bytes.slice(at, length).mismatch(NO_BYTES.slice(0, length)) < 0) {
        return true;
      }
    }
    return false;
  }
}

package io.github.dmtools.dmmerge.preserve;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.copy.Progress;
import io.github.dmtools.dmmerge.copy.ReadAhead;
import io.github.dmtools.dmmerge.copy.TableOrder;
import io.github.dmtools.dmmerge.copy.TransferPool;
import io.github.dmtools.dmmerge.copy.Window;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The foreign chunks of an origin: chunks with a sector that holds neither the data saved in the
 * undo store nor the data that the run was writing.
 *
 * @param count number of foreign chunks
 * @param firstChunk origin chunk number of the first one in the undo store's order; -1 if none
 */
record ForeignChunks(long count, long firstChunk) {
  /**
   * Reads both devices once. Ignores read errors, since a chunk that cannot be read is not
   * overwritten.
   *
   * @param sums null if it is unknown what was written: every chunk that differs is foreign then
   * @throws ProblemException {@code store.changed}, {@code device.read} in the table, {@code
   *     run.interrupted}
   */
  static ForeignChunks find(
      ExceptionStore undo,
      BlockDevice origin,
      @Nullable WrittenSums sums,
      Progress progress,
      CancelSignal cancel) {
    Counter counter = new Counter(undo.chunkSize(), sums);
    TableOrder pieces = new TableOrder(undo);
    try (TransferPool pool = new TransferPool();
        ReadAhead<Window> windows =
            new ReadAhead<>(
                pieces::hasNext,
                () -> new Window(undo, origin),
                window -> window.fill(pieces, pool),
                pool)) {
      for (Window window = windows.next(); window != null; window = windows.next()) {
        cancel.throwIfRaised();
        windows.startNext();
        for (int slot = 0; slot < window.size(); slot++) {
          counter.add(window, slot);
        }
        progress.advance(window.bytes());
      }
    }
    return new ForeignChunks(counter.count, counter.firstChunk);
  }

  private static final class Counter {
    private final ChunkSize chunkSize;
    private final @Nullable WrittenSums sums;
    private long count;
    private long firstChunk = -1;
    private boolean foreign;

    Counter(ChunkSize chunkSize, @Nullable WrittenSums sums) {
      this.chunkSize = chunkSize;
      this.sums = sums;
    }

    void add(Window window, int slot) {
      foreign |= window.isPending(slot) && isForeign(window, slot);
      if (window.isLast(slot)) {
        if (foreign && count++ == 0) {
          firstChunk = window.oldChunk(slot);
        }
        foreign = false;
      }
    }

    private boolean isForeign(Window window, int slot) {
      if (sums == null) {
        return true;
      }
      ByteBuffer saved = window.storeBytes(slot);
      ByteBuffer found = window.originBytes(slot);
      long inChunk = window.originOffset(slot) - chunkSize.offsetOf(window.oldChunk(slot));
      int end = found.limit();
      for (int at = 0; at < end; at += ChunkSize.SECTOR_BYTES) {
        int sectorEnd = Math.min(end, at + ChunkSize.SECTOR_BYTES);
        saved.limit(sectorEnd).position(at);
        found.limit(sectorEnd).position(at);
        if (found.mismatch(saved) >= 0 && !sums.matches(window.index(slot), inChunk + at, found)) {
          return true;
        }
      }
      return false;
    }
  }
}

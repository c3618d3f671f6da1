package io.github.dmtools.dmmerge.copy;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.device.BlockDevice;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Begins to bring to a device what was written to it, beside the thread that writes on: the barrier
 * has less to do then. To hand requests over takes time, and a full queue holds up who does it.
 */
public final class Writeback implements AutoCloseable {
  private final BlockDevice device;
  private final TransferPool pool;
  private CompletableFuture<Void> begun = CompletableFuture.completedFuture(null);

  public Writeback(BlockDevice device, TransferPool pool) {
    this.device = device;
    this.pool = pool;
  }

  /** Begins with these ranges when those of before have been begun with. Not for two threads. */
  public void begin(List<ByteRange> ranges) {
    if (ranges.isEmpty()) {
      return;
    }
    Runnable start =
        () -> ranges.forEach(range -> device.startWriteback(range.offset(), range.length()));
    CompletableFuture<Void> next = begun.isDone() ? pool.tryBegin(start) : begun.thenRun(start);
    // Without a thread the barrier does it all.
    begun = next != null ? next : begun;
  }

  /** Returns when everything has been begun with, which is not to say that it is durable. */
  @Override
  public void close() {
    begun.exceptionally(ignored -> null).join();
  }
}

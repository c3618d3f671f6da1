package io.github.dmtools.dmmerge.copy;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.device.BlockDevice;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Starts writeback of dirty pages in the background, so that the barrier has less to do. It has a
 * thread of its own because submitting requests blocks when the device's queue is full.
 */
public final class Writeback implements AutoCloseable {
  private final BlockDevice device;
  private final TransferPool pool;
  private CompletableFuture<Void> started = CompletableFuture.completedFuture(null);

  public Writeback(BlockDevice device, TransferPool pool) {
    this.device = device;
    this.pool = pool;
  }

  /** Starts writeback of these ranges after all earlier ones. Not thread-safe. */
  public void start(List<ByteRange> ranges) {
    if (ranges.isEmpty()) {
      return;
    }
    Runnable task =
        () -> ranges.forEach(range -> device.startWriteback(range.offset(), range.length()));
    CompletableFuture<Void> next = started.isDone() ? pool.tryStart(task) : started.thenRun(task);
    // Without a thread the barrier does all the work.
    started = next != null ? next : started;
  }

  /** Waits until all writeback has started. Nothing is durable by that. */
  @Override
  public void close() {
    started.exceptionally(ignored -> null).join();
  }
}

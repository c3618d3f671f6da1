package io.github.dmtools.dmmerge.copy;

import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Double buffering: fills one buffer in the background while the caller processes the other.
 *
 * @param <T> a reusable buffer
 */
public final class ReadAhead<T> implements AutoCloseable {
  private final BooleanSupplier hasNext;
  private final Supplier<T> newBuffer;
  private final Consumer<T> fill;
  private final TransferPool pool;
  private @Nullable T current;
  private @Nullable T idle;
  private @Nullable T filling;
  private CompletableFuture<Void> filled = CompletableFuture.completedFuture(null);

  /**
   * The functions are never called concurrently.
   *
   * @param hasNext returns whether there is more to read
   * @param newBuffer creates a buffer; called twice at most
   * @param fill reads the next part into a buffer
   */
  public ReadAhead(
      BooleanSupplier hasNext, Supplier<T> newBuffer, Consumer<T> fill, TransferPool pool) {
    this.hasNext = hasNext;
    this.newBuffer = newBuffer;
    this.fill = fill;
    this.pool = pool;
  }

  /**
   * Returns the next part. Waits for it if {@link #startNext} was called, else reads it now. The
   * previous part may be overwritten from then on. If filling the buffer failed, throws its
   * exception; no further call is allowed then.
   *
   * @return null at the end
   */
  public @Nullable T next() {
    T part = filling;
    filling = null;
    if (part != null) {
      TransferPool.join(filled);
      idle = current;
    } else if (hasNext.getAsBoolean()) {
      part = current != null ? current : newBuffer.get();
      fill.accept(part);
    }
    current = part;
    return part;
  }

  /**
   * Starts to read the next part in the background. If no thread is available, {@link #next} reads
   * it.
   */
  public void startNext() {
    if (!hasNext.getAsBoolean()) {
      return;
    }
    T free = idle != null ? idle : newBuffer.get();
    idle = free;
    CompletableFuture<Void> started = pool.tryStart(() -> fill.accept(free));
    if (started != null) {
      filled = started;
      filling = free;
    }
  }

  /** Waits for a read in progress. */
  @Override
  public void close() {
    filled.exceptionally(ignored -> null).join();
  }
}

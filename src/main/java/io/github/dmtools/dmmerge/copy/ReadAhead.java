package io.github.dmtools.dmmerge.copy;

import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Fills one of two holders beside the thread that works on the other one.
 *
 * @param <T> what holds a part of the work, and is filled again and again
 */
public final class ReadAhead<T> implements AutoCloseable {
  private final BooleanSupplier hasNext;
  private final Supplier<T> holders;
  private final Consumer<T> fill;
  private final TransferPool pool;
  private @Nullable T given;
  private @Nullable T spare;
  private @Nullable T filling;
  private CompletableFuture<Void> filled = CompletableFuture.completedFuture(null);

  /**
   * Reads nothing yet. What is given is never called by two threads at once.
   *
   * @param hasNext whether there is a next part
   * @param holders gives an empty holder, two at most
   * @param fill fills a holder with the next part
   */
  public ReadAhead(
      BooleanSupplier hasNext, Supplier<T> holders, Consumer<T> fill, TransferPool pool) {
    this.hasNext = hasNext;
    this.holders = holders;
    this.fill = fill;
    this.pool = pool;
  }

  /**
   * The next part, waited for if {@link #readOn} began it and filled now if not. The one that was
   * given before is over. Throws what filling it threw, and is not to be asked again then.
   *
   * @return null at the end
   */
  public @Nullable T next() {
    T part = filling;
    filling = null;
    if (part != null) {
      TransferPool.join(filled);
      spare = given;
    } else if (hasNext.getAsBoolean()) {
      part = given != null ? given : holders.get();
      fill.accept(part);
    }
    given = part;
    return part;
  }

  /**
   * Begins to fill the other holder while the part that was given is worked on. Without a thread
   * for that it is filled when it is asked for.
   */
  public void readOn() {
    if (!hasNext.getAsBoolean()) {
      return;
    }
    T free = spare != null ? spare : holders.get();
    spare = free;
    CompletableFuture<Void> begun = pool.tryBegin(() -> fill.accept(free));
    if (begun != null) {
      filled = begun;
      filling = free;
    }
  }

  /** Waits until nothing is being read. */
  @Override
  public void close() {
    filled.exceptionally(unasked -> null).join();
  }
}

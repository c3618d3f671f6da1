package io.github.dmtools.dmmerge.plan;

import io.github.dmtools.dmmerge.device.Lanes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Fills one of two holders beside the thread that works on the other one.
 *
 * @param <T> what holds a part of the work, and is filled again and again
 */
public final class ReadAhead<T> implements AutoCloseable {
  /**
   * Where the parts come from. Never used by two threads at once.
   *
   * @param <T> what holds a part
   */
  public interface Source<T> {
    /** Whether there is a next part. */
    boolean hasNext();

    /** A new holder, asked for twice at most. */
    T holder();

    /** Fills a holder with the next part. */
    void fill(T holder);
  }

  private final Source<T> source;
  private final Lanes lanes;
  private @Nullable T given;
  private @Nullable T filling;
  private CompletableFuture<Void> filled = CompletableFuture.completedFuture(null);

  /** Reads nothing yet. */
  public ReadAhead(Source<T> source, Lanes lanes) {
    this.source = source;
    this.lanes = lanes;
  }

  /**
   * The next part. The one that was given before is over: its holder is filled anew. Throws what
   * {@link Source#fill} threw for this part, and is not to be asked again then.
   *
   * @return null at the end
   */
  public @Nullable T next() {
    T part = filling == null ? first() : awaitFilling(filling);
    filling = null;
    if (part != null && source.hasNext()) {
      T free = given == null ? source.holder() : given;
      filling = free;
      filled = lanes.begin(() -> source.fill(free));
    }
    given = part;
    return part;
  }

  /** There is nothing to do beside it yet, and for a small table there never is. */
  private @Nullable T first() {
    if (given != null || !source.hasNext()) {
      return null;
    }
    T part = source.holder();
    source.fill(part);
    return part;
  }

  private T awaitFilling(T part) {
    try {
      filled.join();
      return part;
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Waits until nothing is being read. */
  @Override
  public void close() {
    filled.exceptionally(unasked -> null).join();
  }
}

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
  private @Nullable T spare;
  private @Nullable T filling;
  private CompletableFuture<Void> filled = CompletableFuture.completedFuture(null);

  /** Reads nothing yet. */
  public ReadAhead(Source<T> source, Lanes lanes) {
    this.source = source;
    this.lanes = lanes;
  }

  /**
   * The next part, waited for if {@link #readOn} began it and filled now if not. The one that was
   * given before is over. Throws what {@link Source#fill} threw for this part, and is not to be
   * asked again then.
   *
   * @return null at the end
   */
  public @Nullable T next() {
    T part = filling;
    filling = null;
    if (part != null) {
      awaitFilling();
      spare = given;
    } else if (source.hasNext()) {
      part = given != null ? given : source.holder();
      source.fill(part);
    }
    given = part;
    return part;
  }

  /** Begins to fill the other holder while the part that was given is worked on. */
  public void readOn() {
    if (source.hasNext()) {
      T free = spare != null ? spare : source.holder();
      filled = lanes.begin(() -> source.fill(free));
      filling = free;
    }
  }

  private void awaitFilling() {
    try {
      filled.join();
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

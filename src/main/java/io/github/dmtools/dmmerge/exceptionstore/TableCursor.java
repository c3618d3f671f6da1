package io.github.dmtools.dmmerge.exceptionstore;

import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Iterates over the entries of a validated table. Each slice is compared with its checksum before
 * an entry of it is returned.
 */
public final class TableCursor {
  private final BlockDevice store;
  private final AreaReader reader;
  private final SliceSums sums;
  private final long exceptions;
  private ByteBuffer slice = ByteBuffer.allocate(0);
  private int slices;
  private int position;
  private long index = -1;
  private long oldChunk;
  private long newChunk;

  TableCursor(BlockDevice store, TableLayout layout, SliceSums sums, long exceptions) {
    this.store = store;
    this.reader = new AreaReader(store, layout);
    this.sums = sums;
    this.exceptions = exceptions;
  }

  /**
   * Moves to the next entry.
   *
   * @return false at the end of the table
   * @throws ProblemException {@code store.changed}, {@code device.read}
   */
  public boolean next() {
    if (index + 1 >= exceptions) {
      return false;
    }
    if (position == slice.limit()) {
      load();
    }
    oldChunk = slice.getLong(position);
    newChunk = slice.getLong(position + 8);
    position += TableLayout.ENTRY_BYTES;
    index++;
    return true;
  }

  private void load() {
    slice = reader.next();
    position = 0;
    if (!sums.matches(slices++, slice)) {
      throw new ProblemException(
          Problem.at(
              ProblemCode.STORE_CHANGED,
              store.path(),
              reader.offset(),
              "the table of " + store.path() + " changed since it was checked"));
    }
  }

  /**
   * Moves to the end of the next slice of the table. Not to be combined with {@link #next}.
   *
   * @return the raw entries of the slice; null at the end of the table
   * @throws ProblemException {@code store.changed}, {@code device.read}
   */
  @Nullable ByteBuffer nextSlice() {
    if (index + 1 >= exceptions) {
      return null;
    }
    load();
    long left = (exceptions - index - 1) * TableLayout.ENTRY_BYTES;
    int count = (int) Math.min(slice.limit(), left);
    index += count / TableLayout.ENTRY_BYTES;
    return slice.slice(0, count);
  }

  /** Position of the current entry in the table, from 0. */
  public long index() {
    return index;
  }

  /** Chunk of the current entry in the origin. */
  public long oldChunk() {
    return oldChunk;
  }

  /** Chunk of the current entry in the store. */
  public long newChunk() {
    return newChunk;
  }
}

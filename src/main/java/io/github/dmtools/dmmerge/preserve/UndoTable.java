package io.github.dmtools.dmmerge.preserve;

import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.TableLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The entries of an undo store: those that are durable, and those of the batch that follows them.
 * Not safe for use by several threads.
 */
final class UndoTable {
  private static final int ENTRIES_AT_ONCE = 4 * 1024;
  private static final int ZEROES_BYTES = 64 * 1024;

  private final BlockDevice device;
  private final UndoLayout layout;
  private final TableLayout table;
  private final ByteBuffer buffer =
      AlignedBuffers.allocate(ENTRIES_AT_ONCE * TableLayout.ENTRY_BYTES);
  private final ByteBuffer zeroes = AlignedBuffers.allocate(ZEROES_BYTES);
  private long[] batch = new long[1024];
  private int batchSize;
  private long durable;

  /** A table without entries. */
  UndoTable(BlockDevice device, UndoLayout layout) {
    this.device = device;
    this.layout = layout;
    this.table = layout.table();
  }

  /** Entries that are durable. */
  long durable() {
    return durable;
  }

  /** Entries of the batch. */
  int batchSize() {
    return batchSize;
  }

  /** Entries with those of the batch, and so the number of the next one. */
  long size() {
    return durable + batchSize;
  }

  /** Adds an entry to the batch. */
  void add(long oldChunk) {
    if (batchSize == batch.length) {
      batch = Arrays.copyOf(batch, batchSize * 2);
    }
    batch[batchSize++] = oldChunk;
  }

  /**
   * Takes over the entries of a store that another writer made. What that may have left past the
   * end of the table is zeroed, lest an entry of a torn write comes to life once the gap before it
   * is filled.
   */
  void resume(ExceptionStore store) {
    durable = store.exceptions();
    if (store.leftovers().isPresent()) {
      long areaChunk = table.areaChunk(durable / table.entriesPerArea());
      zero(table.offsetOfEntry(durable), layout.chunkSize().offsetOf(areaChunk + 1));
      device.barrier();
    }
  }

  /**
   * Makes the batch durable. Its data is written, with no barrier yet.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.write}, {@code
   *     device.barrier}
   */
  void commit() {
    // The area after a full one must be empty before the full one leads there. It may hold what
    // another writer put there in a batch of which the disk kept the end and not the beginning.
    long lastArea = size() / table.entriesPerArea();
    for (long area = durable / table.entriesPerArea() + 1; area <= lastArea; area++) {
      long offset = layout.chunkSize().offsetOf(table.areaChunk(area));
      zero(offset, offset + layout.chunkSize().bytes());
    }
    device.barrier();
    writeEntries();
    device.barrier();
    durable = size();
    batchSize = 0;
  }

  private void writeEntries() {
    for (int done = 0; done < batchSize; ) {
      long index = durable + done;
      long roomInArea = table.entriesPerArea() - index % table.entriesPerArea();
      int count = (int) Math.min(batchSize - done, Math.min(roomInArea, ENTRIES_AT_ONCE));
      buffer.clear();
      for (int i = 0; i < count; i++) {
        buffer.putLong(batch[done + i]).putLong(layout.dataChunk(index + i));
      }
      device.write(buffer.flip(), table.offsetOfEntry(index));
      done += count;
    }
  }

  /** Zeroes the device between two offsets. */
  void zero(long from, long to) {
    long offset = from;
    while (offset < to) {
      ByteBuffer bytes = zeroes(to - offset);
      int count = bytes.remaining();
      device.write(bytes, offset);
      offset += count;
    }
  }

  /** At most so many zeroes, and at least one. */
  ByteBuffer zeroes(long most) {
    return zeroes.duplicate().limit((int) Math.min(ZEROES_BYTES, most));
  }
}

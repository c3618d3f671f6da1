package io.github.dmtools.dmmerge.preserve;

import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.TableLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The entries of an undo store: the durable ones, followed by those of the current batch. Not
 * thread-safe.
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

  UndoTable(BlockDevice device, UndoLayout layout) {
    this.device = device;
    this.layout = layout;
    this.table = layout.table();
  }

  /** Number of durable entries. */
  long durable() {
    return durable;
  }

  /** Number of entries in the batch. */
  int batchSize() {
    return batchSize;
  }

  /** Number of all entries, and so the index of the next one. */
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
   * Continues the entries of an existing store. Zeroes leftovers of a torn write past the end of
   * the table: they would become valid entries once the gap before them is filled.
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
   * Makes the batch durable. The caller has written its data, without a barrier.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.write}, {@code
   *     device.barrier}
   */
  void commit() {
    // The area after a full one must be empty before the full one leads to it. It may hold entries
    // of a torn batch of which the disk kept only the end.
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

  /** Zeroes the range [from, to) of the device. */
  void zero(long from, long to) {
    long offset = from;
    while (offset < to) {
      ByteBuffer bytes = zeroes(to - offset);
      int count = bytes.remaining();
      device.write(bytes, offset);
      offset += count;
    }
  }

  /** Returns at most this many zeroes, but at least one. */
  ByteBuffer zeroes(long most) {
    return zeroes.duplicate().limit((int) Math.min(ZEROES_BYTES, most));
  }
}

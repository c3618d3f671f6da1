package io.github.dmtools.dmmerge.exceptionstore;

import io.github.dmtools.dmmerge.chunk.ChunkSize;

/**
 * Where the areas lie. An area is one chunk of entries, and its data chunks follow it: chunk 0 is
 * the header, chunk 1 the first area.
 */
public record TableLayout(ChunkSize chunkSize) {
  /** Two little-endian 64-bit numbers, {@code struct disk_exception}. */
  public static final int ENTRY_BYTES = 16;

  /** The first chunk that can hold data: after the header and the first area. */
  private static final long FIRST_DATA_CHUNK = 2;

  public long entriesPerArea() {
    return chunkSize.bytes() / ENTRY_BYTES;
  }

  /**
   * The chunk of the {@code area}-th area.
   *
   * @throws ArithmeticException beyond 2^63
   */
  public long areaChunk(long area) {
    return Math.addExact(1, Math.multiplyExact(area, entriesPerArea() + 1));
  }

  /**
   * The chunk that holds the data of the {@code index}-th exception, counted from 0, in a store
   * that was filled in order and without holes.
   *
   * @throws ArithmeticException beyond 2^63
   */
  public long dataChunk(long index) {
    return Math.addExact(FIRST_DATA_CHUNK + index / entriesPerArea(), index);
  }

  /**
   * Byte offset of the {@code index}-th entry, counted from 0.
   *
   * @throws ArithmeticException beyond 2^63
   */
  public long offsetOfEntry(long index) {
    long inArea = index % entriesPerArea() * ENTRY_BYTES;
    return Math.addExact(chunkSize.offsetOf(areaChunk(index / entriesPerArea())), inArea);
  }

  /** Whether an exception's data may lie in this chunk; {@code chunk} is unsigned. */
  boolean isDataChunk(long chunk) {
    return Long.compareUnsigned(chunk, FIRST_DATA_CHUNK) >= 0
        && Long.remainderUnsigned(chunk, entriesPerArea() + 1) != 1;
  }
}

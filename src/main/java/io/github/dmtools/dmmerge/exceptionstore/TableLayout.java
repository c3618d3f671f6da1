package io.github.dmtools.dmmerge.exceptionstore;

import io.github.dmtools.dmmerge.chunk.ChunkSize;

/**
 * The location of areas and data. Chunk 0 is the header, chunk 1 the first area. An area is one
 * chunk of entries, and its data chunks follow it.
 */
public record TableLayout(ChunkSize chunkSize) {
  /** Size in bytes of an entry: two little-endian 64-bit numbers, {@code struct disk_exception}. */
  public static final int ENTRY_BYTES = 16;

  /** The first data chunk, after the header and the first area. */
  private static final long FIRST_DATA_CHUNK = 2;

  /** Number of entries in an area. */
  public long entriesPerArea() {
    return chunkSize.bytes() / ENTRY_BYTES;
  }

  /**
   * The chunk of the {@code area}-th area, counted from 0.
   *
   * @throws ArithmeticException beyond 2^63
   */
  public long areaChunk(long area) {
    return Math.addExact(1, Math.multiplyExact(area, entriesPerArea() + 1));
  }

  /**
   * The data chunk of the {@code index}-th exception, counted from 0, in a store that was filled in
   * order.
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

  /** True if the chunk can have data; {@code chunk} is unsigned. */
  boolean isDataChunk(long chunk) {
    return Long.compareUnsigned(chunk, FIRST_DATA_CHUNK) >= 0
        && Long.remainderUnsigned(chunk, entriesPerArea() + 1) != 1;
  }
}

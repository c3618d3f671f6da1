package io.github.dmtools.dmmerge.preserve;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.digest.SectorSums;
import io.github.dmtools.dmmerge.exceptionstore.TableLayout;

/**
 * The layout of an undo store. Its table is that of any store ({@link TableLayout}). Each group of
 * {@value #GROUP} data chunks is preceded by a chunk of sums. No entry refers to a chunk of sums,
 * so the kernel treats it as a hole.
 *
 * <table>
 * <caption>An undo store of chunks of 4 KiB (areas of 256 entries)</caption>
 * <tr><th>chunk</th><th>holds</th></tr>
 * <tr><td>0</td><td>the header and the {@link UndoHeader}</td></tr>
 * <tr><td>1</td><td>area 0: entries 0 to 255</td></tr>
 * <tr><td>2</td><td>sums of the data chunks 3 to 130</td></tr>
 * <tr><td>3 to 130</td><td>data of entries 0 to 127</td></tr>
 * <tr><td>131</td><td>sums of the data chunks 132 to 260</td></tr>
 * <tr><td>132 to 257</td><td>data of entries 128 to 253</td></tr>
 * <tr><td>258</td><td>area 1: entries 256 to 511</td></tr>
 * <tr><td>259, 260</td><td>data of entries 254 and 255</td></tr>
 * <tr><td>261</td><td>sums of the data chunks 262 to 389</td></tr>
 * </table>
 *
 * <p>A chunk of C bytes has C / 512 sums of 4 bytes, little-endian, so one chunk of sums is enough
 * for {@value #GROUP} data chunks of any size. A sum is the CRC-32 of the 512 bytes that the run
 * was writing over the saved sector; the last sector is clipped at the end of the origin. Sums of
 * sectors past the end of the origin are undefined.
 *
 * @param hasSums false for a header of version 0: its data chunks have no chunks of sums
 */
record UndoLayout(TableLayout table, boolean hasSums) {
  /** Number of data chunks whose sums fill a chunk. */
  static final int GROUP = ChunkSize.SECTOR_BYTES / SectorSums.SUM_BYTES;

  static UndoLayout of(ChunkSize chunkSize, UndoHeader header) {
    return new UndoLayout(new TableLayout(chunkSize), header.run() != null);
  }

  static UndoLayout withSums(ChunkSize chunkSize) {
    return new UndoLayout(new TableLayout(chunkSize), true);
  }

  ChunkSize chunkSize() {
    return table.chunkSize();
  }

  /**
   * The chunk that holds the data of an entry.
   *
   * @throws ArithmeticException beyond 2^63
   */
  long dataChunk(long index) {
    return table.dataChunk(hasSums ? Math.addExact(index, index / GROUP + 1) : index);
  }

  /** Byte offset of an entry's data. */
  long offsetOfData(long index) {
    return chunkSize().offsetOf(dataChunk(index));
  }

  /** Length of the sums of one chunk in bytes. */
  long sumBytes() {
    return chunkSize().bytes() / GROUP;
  }

  /** Byte offset of the sums of an entry's chunk. */
  long offsetOfSums(long index) {
    long group = index / GROUP;
    long chunk = table.dataChunk(Math.multiplyExact(group, GROUP + 1));
    return chunkSize().offsetOf(chunk) + index % GROUP * sumBytes();
  }

  /**
   * Size in bytes of a store with this many entries. It always includes the area that ends the
   * table.
   *
   * @throws ArithmeticException beyond 2^63
   */
  long bytesFor(long entries) {
    // Without sums the area that follows a full one can be the last chunk.
    long chunks = hasSums && entries > 0 ? dataChunk(entries - 1) + 1 : table.dataChunk(entries);
    return chunkSize().offsetOf(chunks);
  }
}

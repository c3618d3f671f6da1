package io.github.dmtools.dmmerge.digest;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * The CRC-32 of each sector (that of gzip, RFC 1952), as an undo store keeps them of what a run
 * wrote. Not CRC32C: Java has that one quick only once its optimizing compiler had its turn, which
 * is late in a short run.
 */
public final class SectorSums {
  /** Bytes of a sum. */
  public static final int SUM_BYTES = 4;

  private final CRC32 crc = new CRC32();

  /** How many sums there are for so many bytes. */
  public static int count(int bytes) {
    return (bytes + ChunkSize.SECTOR_BYTES - 1) / ChunkSize.SECTOR_BYTES;
  }

  /**
   * Appends the sums of all that remains in {@code bytes}, from its first sector on.
   *
   * @param bytes is at its end afterwards
   * @param sums little-endian, with room for {@link #count} of them
   */
  public void append(ByteBuffer bytes, ByteBuffer sums) {
    int end = bytes.limit();
    while (bytes.position() < end) {
      bytes.limit(Math.min(end, bytes.position() + ChunkSize.SECTOR_BYTES));
      sums.putInt(next(bytes));
    }
  }

  /** The sum of all that remains in {@code sector}, which is at its end afterwards. */
  public int next(ByteBuffer sector) {
    crc.reset();
    crc.update(sector);
    return (int) crc.getValue();
  }
}

package io.github.dmtools.dmmerge.digest;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * Computes the CRC-32 (RFC 1952) of each sector. An undo store keeps these sums of what a run
 * wrote. Not CRC32C, which is fast in Java only after the optimizing compiler ran: too late in a
 * short run.
 */
public final class SectorSums {
  /** Size of a sum in bytes. */
  public static final int SUM_BYTES = 4;

  private final CRC32 crc = new CRC32();

  /** The number of sums for a length in bytes. */
  public static int count(int bytes) {
    return (bytes + ChunkSize.SECTOR_BYTES - 1) / ChunkSize.SECTOR_BYTES;
  }

  /**
   * Appends the sums of all that remains in {@code bytes}.
   *
   * @param bytes consumed to its end
   * @param sums little-endian, with space for {@link #count} sums
   */
  public void append(ByteBuffer bytes, ByteBuffer sums) {
    int end = bytes.limit();
    while (bytes.position() < end) {
      bytes.limit(Math.min(end, bytes.position() + ChunkSize.SECTOR_BYTES));
      sums.putInt(next(bytes));
    }
  }

  /** The sum of all that remains in {@code sector}, which is consumed. */
  public int next(ByteBuffer sector) {
    crc.reset();
    crc.update(sector);
    return (int) crc.getValue();
  }
}

package io.github.dmtools.dmmerge.chunk;

/**
 * The size of a chunk, the unit of copying.
 *
 * @param bytes a power of two, from one sector to {@link #MAX_SECTORS}
 */
public record ChunkSize(long bytes) {
  /** The kernel's sector, independent of the device's logical block size. */
  public static final int SECTOR_BYTES = 512;

  /** Largest chunk in sectors (1 GiB). */
  public static final long MAX_SECTORS = 1L << 21;

  public ChunkSize {
    if (!isValidSectors(bytes / SECTOR_BYTES) || bytes % SECTOR_BYTES != 0) {
      throw new IllegalArgumentException("chunk of " + bytes + " bytes");
    }
  }

  /** True if a chunk may have this many sectors. */
  public static boolean isValidSectors(long sectors) {
    return sectors >= 1 && sectors <= MAX_SECTORS && Long.bitCount(sectors) == 1;
  }

  /** Converts a valid number of sectors. */
  public static ChunkSize ofSectors(long sectors) {
    return new ChunkSize(Math.multiplyExact(sectors, SECTOR_BYTES));
  }

  /** The size in sectors. */
  public long sectors() {
    return bytes / SECTOR_BYTES;
  }

  /**
   * Byte offset of a chunk.
   *
   * @throws ArithmeticException if it exceeds 2^63
   */
  public long offsetOf(long chunk) {
    return Math.multiplyExact(chunk, bytes);
  }

  /** True if the chunk's first byte is within {@code deviceBytes}; {@code chunk} is unsigned. */
  public boolean startsInside(long chunk, long deviceBytes) {
    return Long.compareUnsigned(chunk, ceilDiv(deviceBytes)) < 0;
  }

  /** True if the whole chunk is within {@code deviceBytes}; {@code chunk} is unsigned. */
  public boolean fitsInside(long chunk, long deviceBytes) {
    return Long.compareUnsigned(chunk, deviceBytes / bytes) < 0;
  }

  /** The number of the chunk's bytes within {@code deviceBytes}. */
  public long clippedBytes(long chunk, long deviceBytes) {
    return Math.min(bytes, deviceBytes - offsetOf(chunk));
  }

  private long ceilDiv(long deviceBytes) {
    return deviceBytes / bytes + (deviceBytes % bytes == 0 ? 0 : 1);
  }
}

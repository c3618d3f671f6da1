package io.github.dmtools.dmmerge.exceptionstore;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;

/**
 * The first 16 bytes of a store: four little-endian 32-bit fields, {@code struct disk_header} in
 * {@code dm-snap-persistent.c}. Instances are valid by the kernel's rules.
 */
public record StoreHeader(ChunkSize chunkSize) {
  /** The only version. */
  public static final int VERSION = 1;

  private static final int MAGIC = 0x70416e53;
  private static final int BYTES = 16;
  private static final long CHUNK_SIZE_FIELD = 12;

  /**
   * Reads and validates the header.
   *
   * @throws ProblemException {@code store.*} if it is invalid; {@code device.read}
   */
  static StoreHeader read(BlockDevice store) {
    if (store.sizeBytes() < ChunkSize.SECTOR_BYTES) {
      throw refused(
          store,
          ProblemCode.STORE_TOO_SMALL,
          0,
          "holds " + store.sizeBytes() + " bytes, less than the one sector of a header");
    }
    int block = (int) Math.min(AlignedBuffers.ALIGNMENT, store.sizeBytes());
    ByteBuffer buffer = AlignedBuffers.allocate(block);
    store.read(buffer, 0);
    return decode(store, buffer.flip().limit(BYTES));
  }

  /** Writes the header to the start of {@code sector}, which is little-endian. */
  public void encode(ByteBuffer sector) {
    sector.putInt(0, MAGIC).putInt(4, 1).putInt(8, VERSION);
    sector.putInt((int) CHUNK_SIZE_FIELD, (int) chunkSize.sectors());
  }

  private static StoreHeader decode(BlockDevice store, ByteBuffer header) {
    int magic = header.getInt(0);
    long valid = Integer.toUnsignedLong(header.getInt(4));
    long version = Integer.toUnsignedLong(header.getInt(8));
    long sectors = Integer.toUnsignedLong(header.getInt((int) CHUNK_SIZE_FIELD));
    if (magic == 0) {
      throw refused(
          store,
          ProblemCode.STORE_UNINITIALIZED,
          0,
          "has magic 0: it was never used by a snapshot");
    }
    if (magic != MAGIC) {
      throw refused(
          store,
          ProblemCode.STORE_NOT_A_STORE,
          0,
          String.format(
              "has magic 0x%08x, not 0x%08x: it is not an exception store", magic, MAGIC));
    }
    if (version != VERSION) {
      throw refused(
          store, ProblemCode.STORE_VERSION, 8, "has version " + version + ", not " + VERSION);
    }
    if (valid != 1) {
      throw refused(
          store,
          ProblemCode.STORE_INVALID,
          4,
          valid == 0
              ? "is marked invalid: the snapshot ran full or failed"
              : "has " + valid + " where 1 means valid");
    }
    if (!ChunkSize.isValidSectors(sectors)) {
      throw refused(
          store,
          ProblemCode.STORE_CHUNK_SIZE,
          CHUNK_SIZE_FIELD,
          "has chunks of "
              + sectors
              + " sectors, not a power of two from 1 to "
              + ChunkSize.MAX_SECTORS);
    }
    ChunkSize chunkSize = ChunkSize.ofSectors(sectors);
    requireMultiple(store, chunkSize, store);
    return new StoreHeader(chunkSize);
  }

  /**
   * Refuses a chunk size that is not a multiple of a device's logical block size.
   *
   * @throws ProblemException {@code store.chunk_size}
   */
  static void requireMultiple(BlockDevice store, ChunkSize chunkSize, BlockDevice device) {
    if (chunkSize.bytes() % device.logicalBlockBytes() != 0) {
      throw refused(
          store,
          ProblemCode.STORE_CHUNK_SIZE,
          CHUNK_SIZE_FIELD,
          String.format(
              "has chunks of %d bytes, smaller than the logical block of %d bytes of %s",
              chunkSize.bytes(), device.logicalBlockBytes(), device.path()));
    }
  }

  private static ProblemException refused(
      BlockDevice store, ProblemCode code, long offset, String what) {
    return new ProblemException(Problem.at(code, store.path(), offset, store.path() + " " + what));
  }
}

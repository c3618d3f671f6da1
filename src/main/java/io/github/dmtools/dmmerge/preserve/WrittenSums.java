package io.github.dmtools.dmmerge.preserve;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.digest.SectorSums;
import java.nio.ByteBuffer;

/**
 * Reads from an undo store the sums of the data that its run was writing, one for each sector. Fast
 * in the order of the entries. Not thread-safe.
 */
public final class WrittenSums {
  private static final int BLOCK_BYTES = 32 * 1024;

  private final BlockDevice undo;
  private final UndoLayout layout;
  private final SectorSums sums = new SectorSums();
  private final ByteBuffer block;
  private long blockOffset = -1;

  /**
   * @param undo an undo store with a version 2 header
   */
  public WrittenSums(BlockDevice undo, ChunkSize chunkSize) {
    this.undo = undo;
    this.layout = UndoLayout.withSums(chunkSize);
    this.block = AlignedBuffers.allocate((int) Math.min(BLOCK_BYTES, chunkSize.bytes()));
  }

  /** True if the entry's data is at the position that dm-merge uses. Otherwise it has no sums. */
  public boolean isInPlace(long index, long newChunk) {
    return layout.dataChunk(index) == newChunk;
  }

  /**
   * True if the run was writing these bytes.
   *
   * @param index index of the entry
   * @param offset byte offset of the sector in its chunk, a multiple of 512
   * @param sector the origin's data; its position is advanced to its limit
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.read}
   */
  public boolean matches(long index, long offset, ByteBuffer sector) {
    long at = layout.offsetOfSums(index) + offset / ChunkSize.SECTOR_BYTES * SectorSums.SUM_BYTES;
    long start = at - at % block.capacity();
    if (start != blockOffset) {
      blockOffset = -1;
      undo.read(block.clear(), start);
      blockOffset = start;
    }
    return block.getInt((int) (at - start)) == sums.next(sector);
  }
}

package io.github.dmtools.dmmerge.preserve;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.digest.SectorSums;
import java.nio.ByteBuffer;

/**
 * Reads from an undo store what the run was going to write over the chunks that it saved, a sum for
 * each sector. Quick in the order of the entries. Not safe for use by several threads.
 */
public final class WrittenSums {
  private static final int BLOCK_BYTES = 32 * 1024;

  private final BlockDevice undo;
  private final UndoLayout layout;
  private final SectorSums sums = new SectorSums();
  private final ByteBuffer block;
  private long blockOffset = -1;

  /**
   * Reads nothing yet.
   *
   * @param undo an undo store whose mark has version 2
   */
  public WrittenSums(BlockDevice undo, ChunkSize chunkSize) {
    this.undo = undo;
    this.layout = UndoLayout.withSums(chunkSize);
    this.block = AlignedBuffers.allocate((int) Math.min(BLOCK_BYTES, chunkSize.bytes()));
  }

  /** Whether the entry's data is where dm-merge puts it. Else its sums say nothing. */
  public boolean isInPlace(long index, long newChunk) {
    return layout.dataChunk(index) == newChunk;
  }

  /**
   * Whether the run was going to write these bytes.
   *
   * @param index of the entry
   * @param offset of the sector in its chunk, a multiple of 512
   * @param sector what the origin has of the sector; is at its end afterwards
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

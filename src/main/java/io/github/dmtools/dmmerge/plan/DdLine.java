package io.github.dmtools.dmmerge.plan;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import org.jspecify.annotations.Nullable;

/**
 * The line for a POSIX shell and GNU dd that copies one exception. Without an origin the line takes
 * it from the environment, and fails where it is not set.
 */
public final class DdLine {
  /** dd holds one block in memory. */
  private static final long MAX_BLOCK_BYTES = 1 << 20;

  private final ChunkSize chunkSize;
  private final String files;
  private final int inputDirectAlignment;
  private final int outputDirectAlignment;

  /**
   * @param direct what the job asks for, for an origin that is not known
   */
  public DdLine(
      ChunkSize chunkSize, BlockDevice store, @Nullable BlockDevice origin, boolean direct) {
    this.chunkSize = chunkSize;
    String output = origin == null ? "\"${ORIGIN:?}\"" : ShellQuoting.quote(origin.path());
    this.files = "dd if=" + ShellQuoting.quote(store.path()) + " of=" + output;
    this.inputDirectAlignment = store.direct() ? store.directAlignment() : 0;
    if (origin == null) {
      this.outputDirectAlignment = direct ? AlignedBuffers.ALIGNMENT : 0;
    } else {
      this.outputDirectAlignment = origin.direct() ? origin.directAlignment() : 0;
    }
  }

  /** The line for one exception, without a line feed at its end. */
  public String of(long oldChunk, long newChunk, long bytes) {
    // The largest block that fits the chunk, its clipped length and so both offsets.
    long fitting = Math.min(chunkSize.bytes(), Long.lowestOneBit(bytes));
    long block = Math.min(MAX_BLOCK_BYTES, fitting);
    if (block < ChunkSize.SECTOR_BYTES) {
      return ofBytes(oldChunk, newChunk, bytes);
    }
    long blocksPerChunk = chunkSize.bytes() / block;
    StringBuilder line = new StringBuilder(files.length() + 100);
    line.append(files).append(" bs=").append(block);
    line.append(" skip=").append(newChunk * blocksPerChunk);
    line.append(" seek=").append(oldChunk * blocksPerChunk);
    line.append(" count=").append(bytes / block).append(" conv=notrunc");
    if (fits(block, inputDirectAlignment)) {
      line.append(" iflag=direct");
    }
    if (fits(block, outputDirectAlignment)) {
      line.append(" oflag=direct");
    }
    return line.toString();
  }

  /** The end of a file that is no multiple of a sector: only counting in bytes fits. */
  private String ofBytes(long oldChunk, long newChunk, long bytes) {
    return String.format(
        "%s bs=64K skip=%d seek=%d count=%d conv=notrunc iflag=skip_bytes,count_bytes"
            + " oflag=seek_bytes",
        files, chunkSize.offsetOf(newChunk), chunkSize.offsetOf(oldChunk), bytes);
  }

  private static boolean fits(long block, int directAlignment) {
    return directAlignment > 0 && block % directAlignment == 0;
  }
}

package io.github.dmtools.dmmerge.plan;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import org.jspecify.annotations.Nullable;

/**
 * A command line for a POSIX shell and GNU dd that copies one exception. Without an origin the line
 * uses the environment variable ORIGIN, and fails if that is not set.
 */
public final class DdLine {
  /** Separates the two numbers of a line. */
  public static final String SEEK = " seek=";

  /** dd keeps one block in memory. */
  private static final long MAX_BLOCK_BYTES = 1 << 20;

  private final ChunkSize chunkSize;
  private final String files;
  private final int inputDirectAlignment;
  private final int outputDirectAlignment;
  private final Shape whole;

  /**
   * @param origin null if it is unknown
   * @param direct whether to use O_DIRECT for an unknown origin
   */
  public DdLine(
      ChunkSize chunkSize, BlockDevice store, @Nullable BlockDevice origin, boolean direct) {
    this(
        chunkSize,
        store.path(),
        store.direct() ? store.directAlignment() : 0,
        origin == null ? null : origin.path(),
        outputDirectAlignment(origin, direct));
  }

  /**
   * Creates lines without O_DIRECT.
   *
   * @param originPath null if it is unknown
   */
  public DdLine(ChunkSize chunkSize, String storePath, @Nullable String originPath) {
    this(chunkSize, storePath, 0, originPath, 0);
  }

  private DdLine(
      ChunkSize chunkSize,
      String storePath,
      int inputDirectAlignment,
      @Nullable String originPath,
      int outputDirectAlignment) {
    this.chunkSize = chunkSize;
    String output = originPath == null ? "\"${ORIGIN:?}\"" : ShellQuoting.quote(originPath);
    this.files = "dd if=" + ShellQuoting.quote(storePath) + " of=" + output;
    this.inputDirectAlignment = inputDirectAlignment;
    this.outputDirectAlignment = outputDirectAlignment;
    this.whole = shapeOf(chunkSize.bytes());
  }

  private static int outputDirectAlignment(@Nullable BlockDevice origin, boolean direct) {
    if (origin == null) {
      return direct ? AlignedBuffers.ALIGNMENT : 0;
    }
    return origin.direct() ? origin.directAlignment() : 0;
  }

  /**
   * The format of all lines that copy the same length: {@code head}, a number, {@link #SEEK}, a
   * second number, {@code tail}.
   *
   * @param blocksPerChunk factor for both numbers: the chunk number in the store, then the one in
   *     the origin
   */
  public record Shape(String head, long blocksPerChunk, String tail) {}

  /** The line for one exception, without a line feed. */
  public String of(long oldChunk, long newChunk, long bytes) {
    Shape shape = shape(bytes);
    long skip = newChunk * shape.blocksPerChunk();
    long seek = oldChunk * shape.blocksPerChunk();
    return shape.head() + skip + SEEK + seek + shape.tail();
  }

  /** The format of the lines that copy this many bytes. */
  public Shape shape(long bytes) {
    return bytes == chunkSize.bytes() ? whole : shapeOf(bytes);
  }

  private Shape shapeOf(long bytes) {
    // The largest block that divides the chunk size and the clipped length, and thus both offsets.
    long maxBlock = Math.min(chunkSize.bytes(), Long.lowestOneBit(bytes));
    long block = Math.min(MAX_BLOCK_BYTES, maxBlock);
    if (block < ChunkSize.SECTOR_BYTES) {
      return byteShape(bytes);
    }
    String tail = " count=" + bytes / block + " conv=notrunc";
    if (fits(block, inputDirectAlignment)) {
      tail += " iflag=direct";
    }
    if (fits(block, outputDirectAlignment)) {
      tail += " oflag=direct";
    }
    return new Shape(files + " bs=" + block + " skip=", chunkSize.bytes() / block, tail);
  }

  /** For a file whose size is not a multiple of a sector: dd must count in bytes. */
  private Shape byteShape(long bytes) {
    String tail = " count=" + bytes + " conv=notrunc iflag=skip_bytes,count_bytes oflag=seek_bytes";
    return new Shape(files + " bs=64K skip=", chunkSize.bytes(), tail);
  }

  private static boolean fits(long block, int directAlignment) {
    return directAlignment > 0 && block % directAlignment == 0;
  }
}

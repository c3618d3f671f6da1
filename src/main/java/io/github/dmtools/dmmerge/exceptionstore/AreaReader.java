package io.github.dmtools.dmmerge.exceptionstore;

import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;

/**
 * Streams the areas in slices of bounded size, since an area is as large as a chunk, up to 1 GiB.
 * Knows nothing of the rules but where the next area must be.
 */
final class AreaReader {
  private static final int SLICE_BYTES = 64 * 1024;

  private final BlockDevice store;
  private final TableLayout layout;
  private final int sliceBytes;
  private final ByteBuffer buffer;
  private long area;
  private long offsetInArea;
  private long offset;

  AreaReader(BlockDevice store, TableLayout layout) {
    this.store = store;
    this.layout = layout;
    this.sliceBytes = (int) Math.min(SLICE_BYTES, layout.chunkSize().bytes());
    this.buffer = AlignedBuffers.allocate(sliceBytes);
  }

  /**
   * Reads the next slice, the first one included.
   *
   * @throws ProblemException {@code store.truncated} if its area is not all there, {@code
   *     device.read}
   */
  ByteBuffer next() {
    if (offsetInArea == layout.chunkSize().bytes()) {
      area++;
      offsetInArea = 0;
    }
    long chunk = layout.areaChunk(area);
    if (!layout.chunkSize().fitsInside(chunk, store.sizeBytes())) {
      throw new ProblemException(
          Problem.at(
              ProblemCode.STORE_TRUNCATED,
              store.path(),
              store.sizeBytes(),
              String.format(
                  "%s ends at byte %d, inside its table: area %d belongs in chunk %d",
                  store.path(), store.sizeBytes(), area, chunk)));
    }
    offset = layout.chunkSize().offsetOf(chunk) + offsetInArea;
    buffer.clear();
    store.read(buffer, offset);
    buffer.flip();
    offsetInArea += sliceBytes;
    return buffer;
  }

  /** Whether the slice read last was the last one of its area. */
  boolean atEndOfArea() {
    return offsetInArea == layout.chunkSize().bytes();
  }

  /** Areas read so far, the current one included. */
  long areas() {
    return area + 1;
  }

  /** Byte offset in the store of the slice read last. */
  long offset() {
    return offset;
  }
}

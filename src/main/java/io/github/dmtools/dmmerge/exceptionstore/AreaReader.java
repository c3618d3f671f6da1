package io.github.dmtools.dmmerge.exceptionstore;

import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;

/**
 * Streams the areas in bounded slices, since an area is as large as a chunk, up to 1 GiB. Checks
 * only that the next area is inside the store.
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
   * Reads the next slice.
   *
   * @throws ProblemException {@code store.truncated} if its area is incomplete; {@code device.read}
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

  /** True if the last slice was the last one of its area. */
  boolean atEndOfArea() {
    return offsetInArea == layout.chunkSize().bytes();
  }

  /** Number of areas read, including the current one. */
  long areas() {
    return area + 1;
  }

  /** Byte offset of the last slice in the store. */
  long offset() {
    return offset;
  }
}

package io.github.dmtools.dmmerge.preserve;

import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import java.nio.ByteBuffer;

/** Combines small consecutive writes to a device into large ones. */
final class StagedWrites {
  private final BlockDevice device;
  private final ByteBuffer staging;
  private long offset;

  StagedWrites(BlockDevice device, int bytes) {
    this.device = device;
    this.staging = AlignedBuffers.allocate(bytes);
  }

  /** Sets the offset of the next bytes. Flushes the staged bytes if they do not end there. */
  void seek(long start) {
    if (offset + staging.position() != start) {
      flush();
      offset = start;
    }
  }

  /** Appends the remaining bytes of the buffer. */
  void put(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      int count = Math.min(bytes.remaining(), staging.remaining());
      staging.put(bytes.slice(bytes.position(), count));
      bytes.position(bytes.position() + count);
      if (!staging.hasRemaining()) {
        flush();
      }
    }
  }

  /** Discards the staged bytes from offset {@code start} on. */
  void discardFrom(long start) {
    if (start < offset + staging.position()) {
      staging.position((int) Math.max(0, start - offset));
      offset = Math.min(offset, start);
    }
  }

  /**
   * Writes the staged bytes.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.write}
   */
  void flush() {
    int count = staging.position();
    if (count > 0) {
      device.write(staging.flip(), offset);
      offset += count;
      staging.clear();
    }
  }
}

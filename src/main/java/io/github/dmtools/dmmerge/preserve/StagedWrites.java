package io.github.dmtools.dmmerge.preserve;

import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import java.nio.ByteBuffer;

/** Gathers small pieces that follow one another on a device into large writes. */
final class StagedWrites {
  private final BlockDevice device;
  private final ByteBuffer staging;
  private long offset;

  StagedWrites(BlockDevice device, int bytes) {
    this.device = device;
    this.staging = AlignedBuffers.allocate(bytes);
  }

  /** What follows is to be at {@code start}. Writes what is staged if that is another place. */
  void seek(long start) {
    if (offset + staging.position() != start) {
      flush();
      offset = start;
    }
  }

  /** Appends all that remains in {@code bytes}. */
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

  /** Forgets what is staged from {@code start} on. */
  void cut(long start) {
    if (start < offset + staging.position()) {
      staging.position((int) Math.max(0, start - offset));
      offset = Math.min(offset, start);
    }
  }

  /**
   * Writes what is staged.
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

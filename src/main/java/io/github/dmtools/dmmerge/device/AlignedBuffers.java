package io.github.dmtools.dmmerge.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Buffers that O_DIRECT accepts. */
public final class AlignedBuffers {
  /** Alignment of every buffer in bytes: a page, enough for every logical block size in use. */
  public static final int ALIGNMENT = 4096;

  private AlignedBuffers() {}

  /** A zeroed little-endian buffer of {@code bytes}, its first byte on a page boundary. */
  public static ByteBuffer allocate(int bytes) {
    // alignedSlice cuts both ends to whole pages: one page for each.
    return ByteBuffer.allocateDirect(Math.addExact(bytes, 2 * ALIGNMENT))
        .alignedSlice(ALIGNMENT)
        .limit(bytes)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}

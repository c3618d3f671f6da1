package io.github.dmtools.dmmerge.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Allocates buffers for O_DIRECT. */
public final class AlignedBuffers {
  /** Alignment in bytes: a page, which is enough for every logical block size in use. */
  public static final int ALIGNMENT = 4096;

  private AlignedBuffers() {}

  /** Allocates a zeroed little-endian buffer that starts at a page boundary. */
  public static ByteBuffer allocate(int bytes) {
    // alignedSlice also rounds the end down to a page.
    long pages = (bytes + ALIGNMENT - 1L) / ALIGNMENT;
    return ByteBuffer.allocateDirect(Math.toIntExact((pages + 1) * ALIGNMENT))
        .alignedSlice(ALIGNMENT)
        .limit(bytes)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}

package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.ownfile.TargetException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Reads from a descriptor into an array. */
final class DescriptorReader {
  private DescriptorReader() {}

  /** Reads at most {@code most} bytes at an offset; fewer at the end of the file. */
  static byte[] read(TargetCalls calls, int fd, long offset, int most) throws TargetException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(Math.max(1, most));
    long address = LibC.address(buffer);
    int done = 0;
    while (done < most) {
      int count = (int) calls.read(fd, address + done, most - done, offset + done);
      if (count == 0) {
        break;
      }
      done += count;
    }
    byte[] bytes = new byte[most];
    buffer.get(bytes, 0, done);
    return Arrays.copyOf(bytes, done);
  }
}

package io.github.dmtools.dmmerge.linux;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.github.dmtools.dmmerge.ownfile.TargetException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Reads bytes of an open file. */
final class DescriptorReader {
  private DescriptorReader() {}

  /** The bytes at an offset: {@code most} of them, or fewer where the file ends. */
  static byte[] read(TargetCalls calls, int fd, long offset, int most) throws TargetException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(Math.max(1, most));
    long address = Pointer.nativeValue(Native.getDirectBufferPointer(buffer));
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

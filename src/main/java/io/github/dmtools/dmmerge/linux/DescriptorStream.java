package io.github.dmtools.dmmerge.linux;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.github.dmtools.dmmerge.ownfile.TargetException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Writes to a descriptor without buffering, so errors are reported at once. Closes it. */
final class DescriptorStream extends OutputStream {
  private static final int PIECE_BYTES = 1 << 16;

  private final TargetCalls calls;
  private final int fd;
  private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
  private final long address = Pointer.nativeValue(Native.getDirectBufferPointer(piece));
  private boolean closed;

  DescriptorStream(TargetCalls calls, int fd) {
    this.calls = calls;
    this.fd = fd;
  }

  @Override
  public void write(int b) throws TargetException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws TargetException {
    write(ByteBuffer.wrap(bytes, offset, length));
  }

  void write(ByteBuffer bytes) throws TargetException {
    while (bytes.hasRemaining()) {
      int count = Math.min(PIECE_BYTES, bytes.remaining());
      piece.clear().put(bytes.slice().limit(count));
      // What was written is taken at once: after a failure the rest alone is left.
      for (int done = 0; done < count; ) {
        int more = (int) calls.write(fd, address + done, count - done);
        done += more;
        bytes.position(bytes.position() + more);
      }
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      calls.close(fd);
    }
  }
}

package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.ownfile.TargetException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Writes to a descriptor, which it owns. Unbuffered, so that errors are reported at once. */
final class DescriptorStream extends OutputStream {
  private static final int PIECE_BYTES = 1 << 16;

  private final TargetCalls calls;
  private final int fd;
  private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
  private final long address;
  private boolean closed;

  DescriptorStream(TargetCalls calls, int fd) {
    this.calls = calls;
    this.fd = fd;
    this.address = LibC.address(piece);
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
      // The position advances with every write: after a failure, only the rest is left.
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

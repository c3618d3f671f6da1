package io.github.dmtools.dmmerge.device;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A device in memory that obeys a real one's rules; its faults are set on its disk. */
public sealed class MemoryDevice implements BlockDevice permits MemoryFile {
  private static final int EIO = 5;
  private static final int EBADF = 9;

  private final MemoryDisk disk;
  private final boolean writable;
  private final boolean direct;
  private final long sizeBytes;
  private @Nullable LockMode lock;
  private boolean closed;

  MemoryDevice(MemoryDisk disk, boolean writable, boolean direct) {
    this.disk = disk;
    this.writable = writable;
    this.direct = direct;
    this.sizeBytes = disk.size();
  }

  MemoryDisk disk() {
    return disk;
  }

  @Override
  public String path() {
    return disk.path();
  }

  @Override
  public DeviceType type() {
    return DeviceType.BLOCK;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public int logicalBlockBytes() {
    return disk.blockBytes();
  }

  @Override
  public boolean direct() {
    return direct;
  }

  @Override
  public int directAlignment() {
    return disk.blockBytes();
  }

  @Override
  public void read(ByteBuffer target, long offset) {
    check(target, offset, ProblemCode.DEVICE_READ);
    int done = disk.read(target, offset);
    if (target.hasRemaining()) {
      throw failed(ProblemCode.DEVICE_READ, offset + done, EIO);
    }
  }

  @Override
  public void write(ByteBuffer source, long offset) {
    check(source, offset, ProblemCode.DEVICE_WRITE);
    if (!writable) {
      throw failed(ProblemCode.DEVICE_WRITE, offset, EBADF);
    }
    int done = disk.write(source, offset);
    if (source.hasRemaining()) {
      throw failed(ProblemCode.DEVICE_WRITE, offset + done, EIO);
    }
  }

  private void check(ByteBuffer buffer, long offset, ProblemCode code) {
    if (closed) {
      throw new IllegalStateException(path() + " is closed");
    }
    if (!buffer.isDirect()) {
      throw new IllegalArgumentException("the system knows no address of a buffer on the heap");
    }
    if (offset < 0 || offset > sizeBytes() - buffer.remaining()) {
      throw new ProblemException(Problem.at(code, path(), offset, "past the end of " + path()));
    }
    int block = disk.blockBytes();
    boolean aligned =
        offset % block == 0
            && buffer.remaining() % block == 0
            && buffer.alignmentOffset(buffer.position(), block) == 0;
    if (direct && !aligned) {
      disk.bounce();
    }
  }

  private ProblemException failed(ProblemCode code, long offset, int errno) {
    return new ProblemException(
        new Problem(code, code.code() + " failed", path(), null, offset, errno));
  }

  @Override
  public void prefetch(long offset, long bytes) {
    disk.prefetch(new ByteRange(offset, bytes));
  }

  @Override
  public void startWriteback(long offset, long bytes) {
    // Whatever is written back early is what a barrier or a power cut decides here.
  }

  @Override
  public boolean mayShareInto(BlockDevice target) {
    return false;
  }

  @Override
  public boolean shareInto(BlockDevice target, long offset, long targetOffset, long bytes) {
    return false;
  }

  @Override
  public void barrier() {
    if (!disk.barrier()) {
      throw new ProblemException(
          new Problem(ProblemCode.DEVICE_BARRIER, "barrier failed", path(), null, null, EIO));
    }
  }

  @Override
  public void flushCaches() {
    if (!disk.flushCaches()) {
      throw new ProblemException(
          new Problem(ProblemCode.DEVICE_FLUSH, "flush failed", path(), null, null, EIO));
    }
  }

  @Override
  public void dropCaches() {
    disk.dropCaches();
  }

  @Override
  public boolean tryLock(LockMode mode) {
    if (!disk.lock(mode)) {
      return false;
    }
    lock = mode;
    return true;
  }

  @Override
  public void close() {
    closed = true;
    if (lock != null) {
      disk.unlock(lock);
      lock = null;
    }
  }
}

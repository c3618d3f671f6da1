package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.DeviceType;
import io.github.dmtools.dmmerge.device.LockMode;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A device, or a file used as one, by its descriptors. */
sealed class LinuxDevice implements BlockDevice permits LinuxPreallocatedFile {
  /** The kernel ignores the rest of a longer range: this is its read-ahead size. */
  private static final int ADVICE_BYTES = 128 << 10;

  private final Syscalls syscalls;
  private final String path;
  private final FileStatus status;
  private final Geometry geometry;
  private final DeviceIo io;
  private volatile boolean sharingRefused;
  private boolean closed;

  /** Sizes in bytes. */
  record Geometry(long sizeBytes, int logicalBlockBytes) {}

  LinuxDevice(Syscalls syscalls, String path, FileStatus status, Geometry geometry, DeviceIo io) {
    this.syscalls = syscalls;
    this.path = path;
    this.status = status;
    this.geometry = geometry;
    this.io = io;
  }

  FileStatus status() {
    return status;
  }

  int fd() {
    return io.fd();
  }

  /** The symbolic link in /proc to the open device. The path may lead to another one by now. */
  String descriptor() {
    return descriptor(fd());
  }

  static String descriptor(int fd) {
    return "/proc/self/fd/" + fd;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public DeviceType type() {
    return status.isBlock() ? DeviceType.BLOCK : DeviceType.FILE;
  }

  @Override
  public long sizeBytes() {
    return geometry.sizeBytes();
  }

  @Override
  public int logicalBlockBytes() {
    return geometry.logicalBlockBytes();
  }

  @Override
  public boolean direct() {
    return io.direct();
  }

  @Override
  public int directAlignment() {
    return io.alignment();
  }

  @Override
  public void read(ByteBuffer target, long offset) {
    checkInside(target.remaining(), offset, false);
    io.transfer(target, offset, false);
  }

  @Override
  public void write(ByteBuffer source, long offset) {
    checkInside(source.remaining(), offset, true);
    io.transfer(source, offset, true);
  }

  private void checkInside(long count, long offset, boolean write) {
    if (offset < 0 || offset > sizeBytes() - count) {
      String what = (write ? "write of " : "read of ") + count + " bytes";
      throw new ProblemException(
          Problem.at(
              write ? ProblemCode.DEVICE_WRITE : ProblemCode.DEVICE_READ,
              path,
              offset,
              what + " past the end of " + path));
    }
  }

  @Override
  public void prefetch(long offset, long bytes) {
    if (direct()) {
      return;
    }
    for (long at = offset; at < offset + bytes; at += ADVICE_BYTES) {
      long length = Math.min(ADVICE_BYTES, offset + bytes - at);
      syscalls.libC().posix_fadvise(fd(), at, length, LibC.POSIX_FADV_WILLNEED);
    }
  }

  @Override
  public void startWriteback(long offset, long bytes) {
    if (!direct()) {
      // Without the flags that wait, an error is still reported by the barrier.
      syscalls.libC().sync_file_range(fd(), offset, bytes, LibC.SYNC_FILE_RANGE_WRITE);
    }
  }

  @Override
  public boolean mayShareInto(BlockDevice target) {
    return !sharingRefused
        && target instanceof LinuxDevice other
        && !status.isBlock()
        && !other.status.isBlock();
  }

  @Override
  public boolean shareInto(BlockDevice target, long offset, long targetOffset, long bytes) {
    if (!mayShareInto(target)) {
      return false;
    }
    LinuxDevice other = (LinuxDevice) target;
    if (bytes < 1) {
      throw new IllegalArgumentException("FICLONERANGE takes 0 bytes as everything up to the end");
    }
    checkInside(bytes, offset, false);
    other.checkInside(bytes, targetOffset, true);
    ByteBuffer range = ByteBuffer.allocate(4 * Long.BYTES).order(ByteOrder.nativeOrder());
    range.putLong(fd()).putLong(offset).putLong(bytes).putLong(targetOffset);
    while (syscalls.libC().ioctl(other.fd(), LibC.FICLONERANGE, range.array()) != 0) {
      int errno = syscalls.libC().errno();
      if (errno != Errno.EINTR) {
        // EINVAL: the range is not aligned to the file system's blocks. Another one may be.
        if (errno != Errno.EINVAL) {
          sharingRefused = true;
        }
        return false;
      }
    }
    return true;
  }

  @Override
  public void barrier() {
    while (syscalls.libC().fdatasync(fd()) != 0) {
      int errno = syscalls.libC().errno();
      if (errno != Errno.EINTR) {
        throw syscalls.failed(
            ProblemCode.DEVICE_BARRIER, "cannot make writes durable on " + path, path, null, errno);
      }
    }
  }

  @Override
  public void flushCaches() {
    if (!status.isBlock()) {
      return;
    }
    if (syscalls.libC().ioctl(fd(), LibC.BLKFLSBUF, new long[1]) != 0) {
      int errno = syscalls.libC().errno();
      throw syscalls.failed(
          ProblemCode.DEVICE_FLUSH, "cannot flush the caches of " + path, path, null, errno);
    }
  }

  @Override
  public void dropCaches() {
    syscalls.libC().posix_fadvise(fd(), 0, 0, LibC.POSIX_FADV_DONTNEED);
  }

  @Override
  public boolean tryLock(LockMode mode) {
    return new DeviceLock(syscalls, fd(), path, status).tryLock(mode);
  }

  synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      io.close();
    }
  }
}

package io.github.dmtools.dmmerge.linux;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.DeviceType;
import io.github.dmtools.dmmerge.device.LockMode;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.WarningSink;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A device by its file descriptors. With O_DIRECT there are two: what is aligned goes past the page
 * cache, and the rest (the last bytes of a file, a chunk smaller than the alignment) through it;
 * the kernel keeps the two coherent.
 */
sealed class LinuxDevice implements BlockDevice permits LinuxFile {
  /** Of a longer range the kernel takes the beginning alone: as much as it reads ahead at once. */
  private static final int ADVICE_BYTES = 128 << 10;

  private final Syscalls syscalls;
  private final String path;
  private final FileStatus status;
  private final Geometry geometry;
  private final int fd;
  private final WarningSink warnings;
  private final int directFd;
  private volatile boolean directRefused;
  private volatile boolean sharingRefused;
  private boolean closed;

  /**
   * Sizes in bytes.
   *
   * @param directAlignment what O_DIRECT wants offsets, lengths and addresses to be a multiple of
   */
  record Geometry(long sizeBytes, int logicalBlockBytes, int directAlignment) {}

  LinuxDevice(
      Syscalls syscalls,
      String path,
      FileStatus status,
      Geometry geometry,
      int fd,
      int directFd,
      WarningSink warnings) {
    this.syscalls = syscalls;
    this.path = path;
    this.status = status;
    this.geometry = geometry;
    this.fd = fd;
    this.directFd = directFd;
    this.warnings = warnings;
  }

  FileStatus status() {
    return status;
  }

  int fd() {
    return fd;
  }

  /** The symbolic link in /proc that leads to the device, whatever its path leads to by now. */
  String descriptor() {
    return descriptor(fd);
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
    return directFd >= 0 && !directRefused;
  }

  @Override
  public int directAlignment() {
    return geometry.directAlignment();
  }

  @Override
  public void read(ByteBuffer target, long offset) {
    transfer(target, offset, false);
  }

  @Override
  public void write(ByteBuffer source, long offset) {
    transfer(source, offset, true);
  }

  private void transfer(ByteBuffer buffer, long offset, boolean write) {
    checkInside(buffer.remaining(), offset, write);
    long address = Pointer.nativeValue(Native.getDirectBufferPointer(buffer)) + buffer.position();
    long done = 0;
    long count = buffer.remaining();
    if (direct()) {
      long aligned = alignedPart(address, offset, count);
      done = transfer(true, address, aligned, offset, write);
    }
    transfer(false, address + done, count - done, offset + done, write);
    buffer.position(buffer.limit());
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

  private long alignedPart(long address, long offset, long count) {
    int alignment = geometry.directAlignment();
    return ((address | offset) & (alignment - 1)) == 0 ? count & -alignment : 0;
  }

  /** One place for short transfers, EINTR and O_DIRECT refused late. Returns what was done. */
  private long transfer(boolean direct, long address, long count, long offset, boolean write) {
    LibC libC = syscalls.libC();
    long done = 0;
    while (done < count) {
      int descriptor = direct ? directFd : fd;
      long n =
          write
              ? libC.pwrite(descriptor, address + done, count - done, offset + done)
              : libC.pread(descriptor, address + done, count - done, offset + done);
      if (n > 0) {
        done += n;
        continue;
      }
      int errno = n < 0 ? libC.errno() : 0;
      if (errno == Errno.EINTR) {
        continue;
      }
      if (errno == Errno.EINVAL && direct) {
        giveUpDirect();
        return done;
      }
      throw failedTransfer(offset + done, write, errno);
    }
    return done;
  }

  private ProblemException failedTransfer(long offset, boolean write, int errno) {
    ProblemCode code = write ? ProblemCode.DEVICE_WRITE : ProblemCode.DEVICE_READ;
    String what = (write ? "cannot write " : "cannot read ") + path + " at byte " + offset;
    if (errno == 0) {
      return new ProblemException(
          Problem.at(code, path, offset, what + ": it ends there, it was cut while it was in use"));
    }
    return syscalls.failed(code, what, path, offset, errno);
  }

  private synchronized void giveUpDirect() {
    // The descriptor stays open: another thread may be using it.
    if (!directRefused) {
      directRefused = true;
      warnings.warn(LinuxDevices.directUnavailable(path));
    }
  }

  @Override
  public void prefetch(long offset, long bytes) {
    if (direct()) {
      return;
    }
    for (long at = offset; at < offset + bytes; at += ADVICE_BYTES) {
      long length = Math.min(ADVICE_BYTES, offset + bytes - at);
      syscalls.libC().posixFadvise(fd, at, length, LibC.POSIX_FADV_WILLNEED);
    }
  }

  @Override
  public void startWriteback(long offset, long bytes) {
    if (!direct()) {
      // Without the flags that wait it takes no error away from the barrier.
      syscalls.libC().syncFileRange(fd, offset, bytes, LibC.SYNC_FILE_RANGE_WRITE);
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
      throw new IllegalArgumentException("to the system, no bytes are all up to the end");
    }
    checkInside(bytes, offset, false);
    other.checkInside(bytes, targetOffset, true);
    ByteBuffer range = ByteBuffer.allocate(4 * Long.BYTES).order(ByteOrder.nativeOrder());
    range.putLong(fd).putLong(offset).putLong(bytes).putLong(targetOffset);
    while (syscalls.libC().ioctl(other.fd, LibC.FICLONERANGE, range.array()) != 0) {
      int errno = syscalls.libC().errno();
      if (errno != Errno.EINTR) {
        // A range that is not aligned to the file system's blocks is invalid; the next one may do.
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
    while (syscalls.libC().fdatasync(fd) != 0) {
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
    if (syscalls.libC().ioctl(fd, LibC.BLKFLSBUF, new long[1]) != 0) {
      int errno = syscalls.libC().errno();
      throw syscalls.failed(
          ProblemCode.DEVICE_FLUSH, "cannot flush the caches of " + path, path, null, errno);
    }
  }

  @Override
  public void dropCaches() {
    syscalls.libC().posixFadvise(fd, 0, 0, LibC.POSIX_FADV_DONTNEED);
  }

  @Override
  public boolean tryLock(LockMode mode) {
    RecordLocks locks = new RecordLocks(syscalls, fd, path);
    if (mode == LockMode.EXCLUSIVE) {
      // First: QEMU too locks before it looks, and one of the two has to see the other.
      locks.keepOthersOut();
    }
    if (locks.heldByOthers(mode)
        || (status.isBlock() && BackingFile.isLocked(syscalls, fd, status.specialDevice(), mode))) {
      return false;
    }
    boolean locked =
        status.isBlock()
            ? RetryWhileBusy.whileTrue(() -> tryFlock(mode), done -> !done)
            : tryFlock(mode);
    if (locked && mode == LockMode.EXCLUSIVE) {
      locks.keepOthersOut();
    }
    return locked;
  }

  private boolean tryFlock(LockMode mode) {
    int operation = (mode == LockMode.EXCLUSIVE ? LibC.LOCK_EX : LibC.LOCK_SH) | LibC.LOCK_NB;
    while (syscalls.libC().flock(fd, operation) != 0) {
      int errno = syscalls.libC().errno();
      if (errno == Errno.EAGAIN) {
        return false;
      }
      if (errno != Errno.EINTR) {
        throw syscalls.failed(ProblemCode.DEVICE_OPEN, "cannot lock " + path, path, null, errno);
      }
    }
    return true;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      if (directFd >= 0) {
        syscalls.libC().close(directFd);
      }
      syscalls.libC().close(fd);
    }
  }
}

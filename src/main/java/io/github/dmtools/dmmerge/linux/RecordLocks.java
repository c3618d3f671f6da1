package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.device.LockMode;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Record locks of fcntl(2): POSIX locks and open file description locks. They do not conflict with
 * flock(2). QEMU locks its images with them.
 */
final class RecordLocks {
  private static final int FLOCK_BYTES = 32;
  private static final int WHENCE_AT = 2;
  private static final int START_AT = 8;
  private static final int LENGTH_AT = 16;
  private static final long TO_THE_END = 0;

  /**
   * Bytes that QEMU read-locks while it may write to or resize an image: RAW_LOCK_PERM_BASE plus
   * the bits of BLK_PERM_WRITE and BLK_PERM_RESIZE, in QEMU's block/file-posix.c and
   * block/block-common.h.
   */
  private static final long[] QEMU_WRITES = {101, 103};

  private final Syscalls syscalls;
  private final int fd;
  private final String path;

  RecordLocks(Syscalls syscalls, int fd, String path) {
    this.syscalls = syscalls;
    this.fd = fd;
    this.path = path;
  }

  /** True if another program holds a lock that conflicts with reading or, if exclusive, writing. */
  boolean heldByOthers(LockMode mode) {
    if (mode == LockMode.EXCLUSIVE) {
      return conflicts(LibC.F_WRLCK, 0, TO_THE_END);
    }
    boolean qemuWrites = false;
    for (long at : QEMU_WRITES) {
      qemuWrites |= conflicts(LibC.F_WRLCK, at, 1);
    }
    return qemuWrites || conflicts(LibC.F_RDLCK, 0, TO_THE_END);
  }

  private boolean conflicts(short type, long start, long length) {
    byte[] lock = lock(type, start, length);
    while (syscalls.libC().fcntl(fd, LibC.F_OFD_GETLK, lock) != 0) {
      int errno = syscalls.libC().errno();
      if (errno == Errno.EINVAL || errno == Errno.ENOLCK || errno == Errno.EOPNOTSUPP) {
        return false; // the file system has no record locks
      }
      if (errno != Errno.EINTR) {
        throw syscalls.failed(
            ProblemCode.DEVICE_OPEN, "cannot query the locks on " + path, path, null, errno);
      }
    }
    return ByteBuffer.wrap(lock).order(ByteOrder.nativeOrder()).getShort() != LibC.F_UNLCK;
  }

  /**
   * Takes a read lock on the whole file, since the descriptor may be read-only. It prevents write
   * locks, and QEMU does not open the image. Best effort. Not on NFS, where flock(2) uses record
   * locks and would conflict.
   */
  void keepOthersOut() {
    if (syscalls.fileSystemType(LinuxDevice.descriptor(fd)) == FileSystems.NFS) {
      return;
    }
    syscalls.libC().fcntl(fd, LibC.F_OFD_SETLK, lock(LibC.F_RDLCK, 0, TO_THE_END));
  }

  private static byte[] lock(short type, long start, long length) {
    byte[] lock = new byte[FLOCK_BYTES];
    ByteBuffer.wrap(lock)
        .order(ByteOrder.nativeOrder())
        .putShort(0, type)
        .putShort(WHENCE_AT, (short) 0)
        .putLong(START_AT, start)
        .putLong(LENGTH_AT, length);
    return lock;
  }
}

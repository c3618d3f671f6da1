package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.device.LockMode;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Locks on ranges of a file, by fcntl(2): those of POSIX and of open file descriptions. The kernel
 * keeps them apart from those of flock(2), and QEMU uses nothing else for its images.
 */
final class RecordLocks {
  private static final int FLOCK_BYTES = 32;
  private static final int WHENCE_AT = 2;
  private static final int START_AT = 8;
  private static final int LENGTH_AT = 16;
  private static final long TO_THE_END = 0;

  /**
   * The bytes that QEMU locks for reading while it may write to an image, or change its size:
   * RAW_LOCK_PERM_BASE, and the bits of BLK_PERM_WRITE and BLK_PERM_RESIZE, in QEMU's
   * block/file-posix.c and block/block-common.h.
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

  /** Whether others hold a lock that forbids to read, or to write with {@code EXCLUSIVE}. */
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
        return false; // the file system has no such locks: then nobody holds one
      }
      if (errno != Errno.EINTR) {
        throw syscalls.failed(
            ProblemCode.DEVICE_OPEN, "cannot see the locks on " + path, path, null, errno);
      }
    }
    return ByteBuffer.wrap(lock).order(ByteOrder.nativeOrder()).getShort() != LibC.F_UNLCK;
  }

  /**
   * Locks the whole file for reading, which is as much as a descriptor for reading can have: nobody
   * gets a lock for writing then, and QEMU does not open the image. Best effort, and not on NFS:
   * its flock(2) is made of these locks, and would find this one.
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

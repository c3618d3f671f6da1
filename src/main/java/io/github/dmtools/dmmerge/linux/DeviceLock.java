package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.device.LockMode;
import io.github.dmtools.dmmerge.problem.ProblemCode;

/**
 * The advisory lock of an open device: flock(2) between runs, and record locks against other
 * programs, such as QEMU.
 */
final class DeviceLock {
  private final Syscalls syscalls;
  private final int fd;
  private final String path;
  private final FileStatus status;

  DeviceLock(Syscalls syscalls, int fd, String path, FileStatus status) {
    this.syscalls = syscalls;
    this.fd = fd;
    this.path = path;
    this.status = status;
  }

  /** Takes the lock until the descriptor is closed; false if another program holds one. */
  boolean tryLock(LockMode mode) {
    RecordLocks locks = new RecordLocks(syscalls, fd, path);
    if (mode == LockMode.EXCLUSIVE) {
      // Before the check: QEMU also locks first, so that one of the two sees the other.
      locks.keepOthersOut();
    }
    if (locks.heldByOthers(mode) || isBackingFileLocked(mode)) {
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
    while (syscalls.libC().flock(fd, operation(mode)) != 0) {
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

  private static int operation(LockMode mode) {
    return (mode == LockMode.EXCLUSIVE ? LibC.LOCK_EX : LibC.LOCK_SH) | LibC.LOCK_NB;
  }

  /**
   * True if another program holds a conflicting lock on the file that a loop device is attached to.
   * The file is not kept locked: two loop devices over one file may be the store and the origin.
   */
  private boolean isBackingFileLocked(LockMode mode) {
    LoopStatus loop =
        status.isBlock() && new SysBlock().isAttachedLoop(status.specialDevice())
            ? LoopStatus.of(syscalls, fd)
            : null;
    String backing =
        loop == null ? null : SysBlock.attribute(status.specialDevice(), "loop/backing_file");
    if (loop == null || backing == null) {
      return false;
    }
    int file = syscalls.tryOpen(backing, LibC.O_RDONLY | LibC.O_NONBLOCK);
    if (file < 0) {
      return false;
    }
    try {
      FileStatus found = syscalls.status(file, backing);
      return found.isRegular()
          && found.identity().equals(loop.file())
          && (new RecordLocks(syscalls, file, backing).heldByOthers(mode) || isFlocked(file, mode));
    } finally {
      syscalls.libC().close(file);
    }
  }

  private boolean isFlocked(int file, LockMode mode) {
    return syscalls.libC().flock(file, operation(mode)) != 0
        && syscalls.libC().errno() == Errno.EAGAIN;
  }
}

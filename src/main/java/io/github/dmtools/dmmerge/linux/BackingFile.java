package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.device.LockMode;
import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;

/** The file that a loop device is attached to, for the locks that others hold on it. */
final class BackingFile {
  private BackingFile() {}

  /**
   * Whether others hold a lock on the file that forbids to use the device. None is kept: two loop
   * devices over one file may be the store and the origin of one run.
   *
   * @param fd of the device; no loop device has no such file
   */
  static boolean isLocked(Syscalls syscalls, int fd, DeviceNumber device, LockMode mode) {
    byte[] info = new byte[LoopStatus.BYTES];
    if (!new SysBlock().isAttachedLoop(device)
        || syscalls.libC().ioctl(fd, LibC.LOOP_GET_STATUS64, info) != 0) {
      return false;
    }
    String path = SysBlock.attribute(device, "loop/backing_file");
    int file = path == null ? -1 : syscalls.tryOpen(path, LibC.O_RDONLY | LibC.O_NONBLOCK);
    if (path == null || file < 0) {
      return false;
    }
    try {
      FileStatus status = syscalls.status(file, path);
      return status.isRegular()
          && status.identity().equals(LoopStatus.decode(info).file())
          && (new RecordLocks(syscalls, file, path).heldByOthers(mode)
              || isFlocked(syscalls, file, mode));
    } finally {
      syscalls.libC().close(file);
    }
  }

  private static boolean isFlocked(Syscalls syscalls, int file, LockMode mode) {
    int operation = (mode == LockMode.EXCLUSIVE ? LibC.LOCK_EX : LibC.LOCK_SH) | LibC.LOCK_NB;
    return syscalls.libC().flock(file, operation) != 0 && syscalls.libC().errno() == Errno.EAGAIN;
  }
}

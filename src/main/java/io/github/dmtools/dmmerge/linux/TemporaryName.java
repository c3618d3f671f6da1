package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.ownfile.TargetException;

/**
 * The name that a file has before it gets its own: every run derives the same one, so that it can
 * clear away what a killed run left. The run that holds the file's lock (flock(2)) is using it.
 */
record TemporaryName(TargetCalls calls, LinuxFileTarget target) {
  private static final String SUFFIX = ".dm-merge-new";

  String name() {
    return target.name() + SUFFIX;
  }

  /**
   * Makes a file of that name and locks it.
   *
   * @throws TargetException {@link TargetException#isBusy} if another run is using it
   */
  int create(int mode) throws TargetException {
    int flags = LibC.O_RDWR | LibC.O_CREAT | LibC.O_EXCL | calls.noFollow();
    int fd = calls.tryOpen(target.directory(), name(), flags, mode);
    if (fd == -Errno.EEXIST) {
      throw busy(target);
    }
    if (fd < 0) {
      throw calls.failed(-fd);
    }
    try {
      FileStatus now = calls.statusAt(target.directory(), name());
      // Until it was locked, another run could take it for a leftover.
      if (!calls.tryFlock(fd)
          || now == null
          || !now.identity().equals(calls.status(fd).identity())) {
        throw busy(target);
      }
      return fd;
    } catch (TargetException e) {
      calls.close(fd);
      throw e;
    }
  }

  /**
   * Removes what a killed run left.
   *
   * @throws TargetException if another run is using it, or if what has the name is none of ours
   */
  void clear() throws TargetException {
    FileStatus found = calls.statusAt(target.directory(), name());
    if (found == null) {
      return;
    }
    if (!found.isRegular()) {
      throw TargetException.taken(
          name() + " beside it is " + found.typeName(), Errno.EEXIST, "remove " + name());
    }
    int flags = LibC.O_RDWR | LibC.O_NONBLOCK | calls.noFollow();
    int fd = calls.tryOpen(target.directory(), name(), flags, 0);
    if (fd == -Errno.ENOENT) {
      return;
    }
    if (fd < 0) {
      throw calls.failed(-fd);
    }
    try {
      boolean locked = calls.tryFlock(fd);
      FileStatus now = calls.statusAt(target.directory(), name());
      if (!locked || now == null || !now.identity().equals(calls.status(fd).identity())) {
        throw busy(target);
      }
      calls.unlink(target.directory(), name());
    } finally {
      calls.close(fd);
    }
  }

  static TargetException busy(LinuxFileTarget target) {
    return TargetException.busy("another program is making " + target.path());
  }
}

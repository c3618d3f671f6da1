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

  /** Tells what a killed run left from a file of somebody else's with the same name. */
  @FunctionalInterface
  interface Leftover {
    boolean isOurs(FileStatus status, int fd) throws TargetException;
  }

  /**
   * Removes what a killed run left.
   *
   * @param leftover recognizes it; an empty file is one
   * @throws TargetException if another run is using it, or if what has the name is none of ours
   */
  void clear(Leftover leftover) throws TargetException {
    FileStatus found = calls.statusAt(target.directory(), name());
    if (found == null) {
      return;
    }
    if (!found.isRegular()) {
      throw notOurs("is " + found.typeName());
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
      if (now.size() > 0 && !leftover.isOurs(now, fd)) {
        throw notOurs("is there already, and no run of dm-merge left it");
      }
      calls.unlink(target.directory(), name());
    } finally {
      calls.close(fd);
    }
  }

  private TargetException notOurs(String what) {
    return TargetException.taken(
        name() + " beside it " + what, Errno.EEXIST, "move " + name() + " away, or remove it");
  }

  static TargetException busy(LinuxFileTarget target) {
    return TargetException.busy("another program is making " + target.path());
  }
}

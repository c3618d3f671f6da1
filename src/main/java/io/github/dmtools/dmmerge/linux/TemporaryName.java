package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.ownfile.TargetException;

/**
 * The temporary name of a new file. Every run derives the same name, so that it can remove what a
 * killed run left. The run that holds the file's lock (flock(2)) is using the name.
 */
record TemporaryName(TargetCalls calls, LinuxFileTarget target) {
  private static final String SUFFIX = ".dm-merge-new";

  String name() {
    return target.name() + SUFFIX;
  }

  /**
   * Creates a file of that name and locks it.
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
      // Before it was locked, another run may have removed it as a leftover.
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

  /** Recognizes a file that a killed run left. */
  @FunctionalInterface
  interface Leftover {
    boolean isLeftover(FileStatus status, int fd) throws TargetException;
  }

  /**
   * Removes a file that a killed run left.
   *
   * @param leftover recognizes the file; an empty file is always a leftover
   * @throws TargetException if another run is using it, or if it is not a leftover
   */
  void clear(Leftover leftover) throws TargetException {
    FileStatus found = calls.statusAt(target.directory(), name());
    if (found == null) {
      return;
    }
    if (!found.isRegular()) {
      throw notALeftover("is " + found.typeName());
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
      if (now.size() > 0 && !leftover.isLeftover(now, fd)) {
        throw notALeftover("exists and was not left by a run of dm-merge");
      }
      calls.unlink(target.directory(), name());
    } finally {
      calls.close(fd);
    }
  }

  private TargetException notALeftover(String what) {
    return TargetException.taken(
        name() + " beside it " + what, Errno.EEXIST, "move " + name() + " away, or remove it");
  }

  static TargetException busy(LinuxFileTarget target) {
    return TargetException.busy("another program is creating " + target.path());
  }
}

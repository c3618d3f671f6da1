package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * Opens and makes {@link LinuxFile}s. A new file is made beside its path, under a name that every
 * run derives alike, and locked there: who holds the lock of the file at that name may replace it,
 * and may give it its path.
 */
final class OwnFiles {
  private static final String TEMPORARY_SUFFIX = ".dm-merge-new";
  private static final int MODE = 0600;

  private final Syscalls syscalls;
  private final int openNoFollow;

  OwnFiles(Syscalls syscalls, Architecture architecture) {
    this.syscalls = syscalls;
    this.openNoFollow = architecture.openNoFollow();
  }

  /** The file at the path, locked; null if nothing lies there. */
  @Nullable LinuxFile open(String path) {
    FileStatus found = syscalls.tryStatus(path);
    if (found == null) {
      return null;
    }
    requireRegular(path, found);
    LinuxFile file = openExisting(path, path);
    if (file == null) {
      throw becameAnother(path);
    }
    return locked(file);
  }

  private LinuxFile locked(LinuxFile file) {
    try {
      file.lock();
      return file;
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** A new file of {@code bytes}, all reserved and zero, not yet at its path. */
  LinuxFile create(String path, long bytes) {
    String temporary = path + TEMPORARY_SUFFIX;
    LinuxFile file = replace(path, temporary);
    try {
      // Who made it before us held the same lock until it was at its path.
      if (syscalls.tryStatus(path) != null) {
        throw becameAnother(path);
      }
      file.reserve(bytes);
      return file;
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private LinuxFile replace(String path, String temporary) {
    LinuxFile leftover = isRegular(temporary) ? openExisting(temporary, path) : null;
    if (leftover == null) {
      return createNew(path, temporary);
    }
    // The leftover stays locked until the new one is: nobody else gets between.
    try (leftover) {
      leftover.lock();
      FileStatus now = syscalls.tryStatus(temporary);
      if (now == null || !now.identity().equals(leftover.status().identity())) {
        throw becameAnother(path);
      }
      syscalls.unlink(temporary);
      return createNew(path, temporary);
    }
  }

  private LinuxFile createNew(String path, String temporary) {
    int flags = LibC.O_RDWR | LibC.O_CREAT | LibC.O_EXCL;
    int fd = syscalls.tryCreate(temporary, flags, MODE);
    if (fd == -Errno.EEXIST && isRegular(temporary)) {
      throw LinuxFile.busy(path);
    }
    if (fd < 0) {
      throw syscalls.failedUndoCreate("cannot make " + temporary, path, -fd);
    }
    LinuxFile file = wrap(fd, path);
    locked(file);
    // Until it was locked it was not ours to remove.
    file.liesAt(temporary);
    return file;
  }

  private boolean isRegular(String path) {
    FileStatus found = syscalls.tryStatus(path);
    return found != null && found.isRegular();
  }

  /** Opens what lies at {@code at}; null if nothing does any more. */
  private @Nullable LinuxFile openExisting(String at, String path) {
    int fd = syscalls.tryOpen(at, LibC.O_RDWR | LibC.O_NONBLOCK | openNoFollow);
    if (fd == -Errno.ENOENT) {
      return null;
    }
    if (fd < 0) {
      throw syscalls.failedUndoCreate("cannot open " + at, path, -fd);
    }
    LinuxFile file = wrap(fd, path);
    try {
      requireRegular(path, file.status());
      return file;
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private LinuxFile wrap(int fd, String path) {
    try {
      return new LinuxFile(syscalls, path, syscalls.status(fd, path), fd);
    } catch (ProblemException e) {
      syscalls.libC().close(fd);
      throw syscalls.asUndoCreate(e);
    }
  }

  private static void requireRegular(String path, FileStatus status) {
    if (!status.isRegular()) {
      throw new ProblemException(
          Problem.at(
              ProblemCode.UNDO_NOT_OURS,
              path,
              path + " is " + status.typeName() + ", not a regular file"));
    }
  }

  private static ProblemException becameAnother(String path) {
    return new ProblemException(
        Problem.at(ProblemCode.DEVICE_BUSY, path, "another program makes or removes " + path));
  }
}

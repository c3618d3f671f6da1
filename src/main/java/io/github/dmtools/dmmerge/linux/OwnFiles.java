package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.ownfile.FileTarget.Kind;
import io.github.dmtools.dmmerge.ownfile.TargetException;
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
  private static final int MODE = 0600;

  private final Syscalls syscalls;
  private final LinuxFileTargets targets;

  OwnFiles(Syscalls syscalls, LinuxFileTargets targets) {
    this.syscalls = syscalls;
    this.targets = targets;
  }

  /** The file at the path, locked; null if there is none. */
  @Nullable LinuxFile open(String path) {
    LinuxFileTarget target;
    try {
      target = targets.open(path, false);
    } catch (TargetException e) {
      if (Integer.valueOf(Errno.ENOENT).equals(e.errno())) {
        return null;
      }
      throw LinuxFile.cannot("open", path, e);
    }
    try {
      if (target.kind() == Kind.NOTHING) {
        target.close();
        return null;
      }
      return open(path, target);
    } catch (RuntimeException e) {
      target.close();
      throw e;
    }
  }

  private LinuxFile open(String path, LinuxFileTarget target) {
    if (target.kind() != Kind.FILE) {
      throw new ProblemException(
          Problem.at(
              ProblemCode.UNDO_NOT_OURS,
              path,
              path + " is " + target.typeName() + ", not a regular file"));
    }
    try {
      target.requireTrusted();
      LinuxFile file = wrap(path, target, target.openFound(LibC.O_RDWR | LibC.O_NONBLOCK), null);
      try {
        file.lock();
        return file;
      } catch (RuntimeException e) {
        file.closeFileAlone();
        throw e;
      }
    } catch (TargetException e) {
      throw LinuxFile.cannot("open", path, e);
    }
  }

  /** A new file of {@code bytes}, all reserved and zero, not yet at its path. */
  LinuxFile create(String path, long bytes) {
    LinuxFileTarget target;
    try {
      target = targets.open(path, false);
    } catch (TargetException e) {
      throw LinuxFile.cannot("make", path, e);
    }
    try {
      LinuxFile file = create(path, target);
      try {
        // Who made it before us held the same lock until it was at its path.
        if (target.calls().statusAt(target.directory(), target.name()) != null) {
          throw LinuxFile.becameAnother(path);
        }
        file.reserve(bytes);
        return file;
      } catch (RuntimeException | TargetException e) {
        file.closeFileAlone();
        throw e;
      }
    } catch (TargetException e) {
      target.close();
      throw LinuxFile.cannot("make", path, e);
    } catch (RuntimeException e) {
      target.close();
      throw e;
    }
  }

  private LinuxFile create(String path, LinuxFileTarget target) throws TargetException {
    target.requireKept();
    TemporaryName temporary = new TemporaryName(target.calls(), target);
    temporary.clear();
    return wrap(path, target, temporary.create(MODE), temporary);
  }

  private LinuxFile wrap(
      String path, LinuxFileTarget target, int fd, @Nullable TemporaryName temporary)
      throws TargetException {
    try {
      FileStatus status = target.calls().status(fd);
      return new LinuxFile(syscalls, path, status, fd, target, temporary);
    } catch (TargetException e) {
      target.calls().close(fd);
      throw e;
    }
  }
}

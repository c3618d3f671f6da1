package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.ownfile.NewFile;
import io.github.dmtools.dmmerge.ownfile.TargetException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A file without a name (O_TMPFILE, open(2)), or with a temporary name if the file system does not
 * support that. To replace another file it takes the temporary name for a moment, because linkat(2)
 * does not replace.
 */
final class LinuxNewFile implements NewFile {
  private static final int GROUP_BITS = 070;

  private static final int MODE = 0666;

  private final TargetCalls calls;
  private final LinuxFileTarget target;
  private final TemporaryName temporary;
  private final int fd;
  private final String identity;
  private final DescriptorStream stream;
  private boolean named;
  private boolean committed;

  private LinuxNewFile(TargetCalls calls, LinuxFileTarget target, int fd, boolean named)
      throws TargetException {
    this.calls = calls;
    this.target = target;
    this.temporary = new TemporaryName(calls, target);
    this.fd = fd;
    this.named = named;
    this.identity = calls.status(fd).identity();
    this.stream = new DescriptorStream(calls, fd);
  }

  static LinuxNewFile create(
      TargetCalls calls, LinuxFileTarget target, TemporaryName.Leftover leftover)
      throws TargetException {
    TemporaryName temporary = new TemporaryName(calls, target);
    temporary.clear(leftover);
    FileStatus replaced = target.status();
    // The replaced file may be private: its successor must be private from the start.
    int mode = replaced == null ? MODE : replaced.permissions() & MODE;
    int fd = unnamed(calls, target, mode);
    boolean named = fd < 0;
    if (named) {
      fd = temporary.create(mode);
    }
    try {
      // An unnamed file is locked for the moment in which it has the temporary name.
      if (!named && !calls.tryFlock(fd)) {
        throw TemporaryName.busy(target);
      }
      return new LinuxNewFile(calls, target, fd, named);
    } catch (TargetException e) {
      calls.close(fd);
      throw e;
    }
  }

  /** Returns -1 if the file system does not support it, or the file could not be linked later. */
  private static int unnamed(TargetCalls calls, LinuxFileTarget target, int mode)
      throws TargetException {
    int flags = LibC.O_RDWR | LibC.O_TMPFILE | calls.directory();
    int fd = calls.tryOpen(target.directory(), ".", flags, mode);
    if (fd == -Errno.EOPNOTSUPP || fd == -Errno.EISDIR || fd == -Errno.EINVAL) {
      return -1;
    }
    if (fd < 0) {
      throw calls.failed(-fd);
    }
    if (calls.canLink(fd)) {
      return fd;
    }
    calls.close(fd);
    return -1;
  }

  @Override
  public OutputStream stream() {
    return new OutputStream() {
      @Override
      public void write(int b) throws TargetException {
        stream.write(b);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws TargetException {
        stream.write(bytes, offset, length);
      }
    };
  }

  @Override
  public void commit() throws TargetException {
    FileStatus replaced = target.status();
    if (replaced != null && replaced.user() == calls.user()) {
      boolean sameGroup = calls.status(fd).group() == replaced.group();
      calls.chmod(fd, replaced.permissions() & (sameGroup ? ~0 : ~GROUP_BITS));
    }
    calls.sync(fd);
    if (replaced == null) {
      takeFreeName();
    } else {
      takeNameOf(replaced);
    }
    if (!hasName(target.name())) {
      throw changed();
    }
    committed = true;
    calls.sync(target.directory());
  }

  private void takeFreeName() throws TargetException {
    requireTemporaryName();
    int errno =
        named
            ? calls.tryLink(target.directory(), temporary.name(), target.name())
            : calls.tryLink(fd, target.directory(), target.name());
    if (errno == Errno.EEXIST) {
      throw changed();
    }
    boolean linkless = errno == Errno.EPERM || errno == Errno.EOPNOTSUPP;
    if (named && linkless && statusOf(target.name()) == null) {
      calls.rename(target.directory(), temporary.name(), target.name());
      named = false;
    } else if (errno != 0) {
      throw calls.failed(errno);
    }
    dropTemporaryName();
  }

  /** Without file locks, another run may have removed it. */
  private void requireTemporaryName() throws TargetException {
    if (named && !hasName(temporary.name())) {
      throw changed();
    }
  }

  private void takeNameOf(FileStatus replaced) throws TargetException {
    requireTemporaryName();
    if (!named) {
      int errno = calls.tryLink(fd, target.directory(), temporary.name());
      if (errno == Errno.EEXIST) {
        throw TemporaryName.busy(target);
      }
      if (errno != 0) {
        throw calls.failed(errno);
      }
      named = true;
    }
    FileStatus now = statusOf(target.name());
    if (now == null || !now.identity().equals(replaced.identity())) {
      throw changed();
    }
    calls.rename(target.directory(), temporary.name(), target.name());
    named = false;
  }

  private TargetException changed() {
    return TargetException.refused(
        "another program created or removed it meanwhile",
        "check which program writes there, run again");
  }

  private boolean hasName(String name) throws TargetException {
    FileStatus status = statusOf(name);
    return status != null && status.identity().equals(identity);
  }

  private @Nullable FileStatus statusOf(String name) throws TargetException {
    return calls.statusAt(target.directory(), name);
  }

  private void dropTemporaryName() {
    try {
      if (named && hasName(temporary.name())) {
        calls.unlink(target.directory(), temporary.name());
      }
      named = false;
    } catch (TargetException e) {
      // The next run removes it.
    }
  }

  @Override
  public void close() {
    if (!committed) {
      dropTemporaryName();
    }
    stream.close();
  }
}

package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.ownfile.TargetException;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** System calls on files of our own, by descriptors. A failure is a {@link TargetException}. */
final class TargetCalls {
  private static final int LINK_BYTES = 4096;

  private final LibC libC;
  private final Architecture architecture;
  private @Nullable Integer user;

  TargetCalls(LibC libC, Architecture architecture) {
    this.libC = libC;
    this.architecture = architecture;
  }

  /** O_NOFOLLOW. */
  int noFollow() {
    return architecture.openNoFollow();
  }

  /** O_DIRECTORY. */
  int directory() {
    return architecture.openDirectory();
  }

  /** Opens a name; negative is the error number, where the caller can answer some. */
  int tryOpen(int directory, String name, int flags, int mode) throws TargetException {
    byte[] bytes = cString(name);
    int fd = retried(() -> libC.openat(directory, bytes, flags | LibC.O_CLOEXEC, mode));
    return fd < 0 ? -libC.errno() : fd;
  }

  int open(int directory, String name, int flags) throws TargetException {
    int fd = tryOpen(directory, name, flags, 0);
    if (fd < 0) {
      throw failed(-fd);
    }
    return fd;
  }

  void close(int fd) {
    libC.close(fd);
  }

  FileStatus status(int fd) throws TargetException {
    FileStatus status = statx(fd, "", LibC.AT_EMPTY_PATH);
    if (status == null) {
      throw failed(Errno.ENOENT);
    }
    return status;
  }

  /** What has the name, a symbolic link not followed; null if nothing has. */
  @Nullable FileStatus statusAt(int directory, String name) throws TargetException {
    return statx(directory, name, LibC.AT_SYMLINK_NOFOLLOW);
  }

  /** What a name leads to; null if to nothing. */
  @Nullable FileStatus statusBehind(int directory, String name) throws TargetException {
    return statx(directory, name, 0);
  }

  private @Nullable FileStatus statx(int directory, String name, int flags) throws TargetException {
    byte[] result = new byte[FileStatus.BYTES];
    if (libC.statx(directory, cString(name), flags, LibC.STATX_WANTED, result) == 0) {
      return FileStatus.decode(result);
    }
    int errno = libC.errno();
    if (errno == Errno.ENOENT) {
      return null;
    }
    throw failed(errno);
  }

  /** The target of the symbolic link that a descriptor of O_PATH is of. */
  String readLink(int fd) throws TargetException {
    byte[] target = new byte[LINK_BYTES];
    int length = (int) libC.readlinkat(fd, cString(""), target, LINK_BYTES);
    if (length < 0) {
      throw failed(libC.errno());
    }
    return new String(Arrays.copyOf(target, length), StandardCharsets.UTF_8);
  }

  /** The kind of the file system that a file is on, by its magic number. */
  long fileSystem(int fd) throws TargetException {
    byte[] statfs = new byte[FileSystems.STATFS_BYTES];
    check(() -> libC.fstatfs(fd, statfs));
    return FileSystems.magic(statfs);
  }

  /** Our effective user. */
  synchronized int user() {
    Integer known = user;
    if (known == null) {
      known = libC.geteuid();
      user = known;
    }
    return known;
  }

  /** Gives an open file a name; returns 0 or the error number. */
  int tryLink(int fd, int directory, String name) throws TargetException {
    // By its entry in /proc: with AT_EMPTY_PATH it would take CAP_DAC_READ_SEARCH.
    byte[] from = cString(entryOf(fd));
    byte[] to = cString(name);
    int flags = LibC.AT_SYMLINK_FOLLOW;
    return errnoOf(() -> libC.linkat(LibC.AT_FDCWD, from, directory, to, flags));
  }

  /** Whether {@link #tryLink} can reach the file. */
  boolean canLink(int fd) throws TargetException {
    FileStatus reached = statusBehind(LibC.AT_FDCWD, entryOf(fd));
    return reached != null && reached.identity().equals(status(fd).identity());
  }

  private static String entryOf(int fd) {
    return "/proc/self/fd/" + fd;
  }

  /** Gives a file of the same directory another name; returns 0 or the error number. */
  int tryLink(int directory, String from, String to) throws TargetException {
    byte[] source = cString(from);
    byte[] target = cString(to);
    return errnoOf(() -> libC.linkat(directory, source, directory, target, 0));
  }

  void rename(int directory, String from, String to) throws TargetException {
    byte[] source = cString(from);
    byte[] target = cString(to);
    check(() -> libC.renameat(directory, source, directory, target));
  }

  void unlink(int directory, String name) throws TargetException {
    byte[] bytes = cString(name);
    check(() -> libC.unlinkat(directory, bytes, 0));
  }

  void chmod(int fd, int mode) throws TargetException {
    check(() -> libC.fchmod(fd, mode));
  }

  void sync(int fd) throws TargetException {
    check(() -> libC.fsync(fd));
  }

  void syncData(int fd) throws TargetException {
    check(() -> libC.fdatasync(fd));
  }

  void cut(int fd, long bytes) throws TargetException {
    check(() -> libC.ftruncate(fd, bytes));
  }

  /**
   * Takes the lock of flock(2); false if another open file has it. Where the file system has no
   * locks, nobody has it.
   */
  boolean tryFlock(int fd) throws TargetException {
    int errno = errnoOf(() -> libC.flock(fd, LibC.LOCK_EX | LibC.LOCK_NB));
    boolean lockless = errno == Errno.ENOLCK || errno == Errno.ENOSYS || errno == Errno.EOPNOTSUPP;
    return lockless || unlessBusy(errno);
  }

  /** Locks the whole file by fcntl(2), for as long as it is open; false if another has it. */
  boolean tryLock(int fd) throws TargetException {
    ByteBuffer lock = ByteBuffer.allocate(32).order(ByteOrder.nativeOrder());
    lock.putShort(0, LibC.F_WRLCK); // from byte 0 up to the end, wherever that is
    return unlessBusy(errnoOf(() -> libC.fcntl(fd, LibC.F_OFD_SETLK, lock.array())));
  }

  private boolean unlessBusy(int errno) throws TargetException {
    if (errno != 0 && errno != Errno.EAGAIN && errno != Errno.EACCES) {
      throw failed(errno);
    }
    return errno == 0;
  }

  /** Writes some of the bytes at an address, at the file's position; returns how many. */
  long write(int fd, long address, long count) throws TargetException {
    while (true) {
      long done = libC.write(fd, address, count);
      if (done >= 0) {
        return done;
      }
      int errno = libC.errno();
      if (errno != Errno.EINTR) {
        throw failed(errno);
      }
    }
  }

  /** Reads some of the bytes at an offset to an address; returns how many, 0 at the end. */
  long read(int fd, long address, long count, long offset) throws TargetException {
    while (true) {
      long done = libC.pread(fd, address, count, offset);
      if (done >= 0) {
        return done;
      }
      int errno = libC.errno();
      if (errno != Errno.EINTR) {
        throw failed(errno);
      }
    }
  }

  private void check(IntSupplier call) throws TargetException {
    int errno = errnoOf(call);
    if (errno != 0) {
      throw failed(errno);
    }
  }

  private int errnoOf(IntSupplier call) {
    return retried(call) < 0 ? libC.errno() : 0;
  }

  private int retried(IntSupplier call) {
    while (true) {
      int result = call.getAsInt();
      if (result >= 0 || libC.errno() != Errno.EINTR) {
        return result;
      }
    }
  }

  TargetException failed(int errno) {
    return TargetException.failed(libC.strerror(errno), errno);
  }

  private static byte[] cString(String text) throws TargetException {
    if (text.indexOf('\0') >= 0) {
      throw TargetException.refused("no file name can hold a NUL", "correct the name");
    }
    try {
      return Syscalls.cString(text);
    } catch (ProblemException e) {
      throw TargetException.refused(e.problem().message(), "correct the name");
    }
  }
}

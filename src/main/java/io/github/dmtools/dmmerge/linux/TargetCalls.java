package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.ownfile.TargetException;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** System calls on files that dm-merge writes. A failure is a {@link TargetException}. */
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

  /** Opens a name; returns the descriptor, or the negative error number. */
  int tryOpen(int directory, String name, int flags, int mode) throws TargetException {
    byte[] bytes = cString(name);
    int fd = (int) retried(() -> libC.openat(directory, bytes, flags | LibC.O_CLOEXEC, mode));
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

  /** The status of a name, without following a symbolic link; null if there is nothing. */
  @Nullable FileStatus statusAt(int directory, String name) throws TargetException {
    return statx(directory, name, LibC.AT_SYMLINK_NOFOLLOW);
  }

  /** The status of a name, following symbolic links; null if there is nothing. */
  @Nullable FileStatus statusFollowing(int directory, String name) throws TargetException {
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

  /** The target of a symbolic link that was opened with O_PATH. */
  String readLink(int fd) throws TargetException {
    byte[] target = new byte[LINK_BYTES];
    int length = (int) libC.readlinkat(fd, cString(""), target, LINK_BYTES);
    if (length < 0) {
      throw failed(libC.errno());
    }
    return new String(Arrays.copyOf(target, length), StandardCharsets.UTF_8);
  }

  /** The magic number of a file's file system. */
  long fileSystem(int fd) throws TargetException {
    byte[] statfs = new byte[FileSystems.STATFS_BYTES];
    check(() -> libC.fstatfs(fd, statfs));
    return FileSystems.magic(statfs);
  }

  /** The effective user of this process. */
  synchronized int user() {
    Integer known = user;
    if (known == null) {
      known = libC.geteuid();
      user = known;
    }
    return known;
  }

  /** Links an open file to a name; returns 0 or the error number. */
  int tryLink(int fd, int directory, String name) throws TargetException {
    // By its entry in /proc, because AT_EMPTY_PATH requires CAP_DAC_READ_SEARCH.
    byte[] from = cString(entryOf(fd));
    byte[] to = cString(name);
    int flags = LibC.AT_SYMLINK_FOLLOW;
    return errnoOf(() -> libC.linkat(LibC.AT_FDCWD, from, directory, to, flags));
  }

  /** Whether {@link #tryLink} can reach the file. */
  boolean canLink(int fd) throws TargetException {
    FileStatus reached = statusFollowing(LibC.AT_FDCWD, entryOf(fd));
    return reached != null && reached.identity().equals(status(fd).identity());
  }

  private static String entryOf(int fd) {
    return "/proc/self/fd/" + fd;
  }

  /** Links a file to another name in the same directory; returns 0 or the error number. */
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
   * Takes an exclusive flock(2); false if another open file has a lock. True on a file system
   * without locks.
   */
  boolean tryFlock(int fd) throws TargetException {
    int errno = errnoOf(() -> libC.flock(fd, LibC.LOCK_EX | LibC.LOCK_NB));
    boolean lockless = errno == Errno.ENOLCK || errno == Errno.ENOSYS || errno == Errno.EOPNOTSUPP;
    return lockless || unlessBusy(errno);
  }

  /** Locks the whole file by fcntl(2) until it is closed; false if another open file has a lock. */
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

  /** Writes some bytes from an address at the file's position; returns how many. */
  long write(int fd, long address, long count) throws TargetException {
    return transferred(() -> libC.write(fd, address, count));
  }

  /** Reads some bytes at an offset to an address; returns how many, 0 at the end. */
  long read(int fd, long address, long count, long offset) throws TargetException {
    return transferred(() -> libC.pread(fd, address, count, offset));
  }

  private long transferred(LongSupplier call) throws TargetException {
    long done = retried(call);
    if (done < 0) {
      throw failed(libC.errno());
    }
    return done;
  }

  private void check(LongSupplier call) throws TargetException {
    int errno = errnoOf(call);
    if (errno != 0) {
      throw failed(errno);
    }
  }

  private int errnoOf(LongSupplier call) {
    return retried(call) < 0 ? libC.errno() : 0;
  }

  private long retried(LongSupplier call) {
    while (true) {
      long result = call.getAsLong();
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
      throw TargetException.refused("a file name cannot contain NUL", "correct the name");
    }
    try {
      return Syscalls.cString(text);
    } catch (ProblemException e) {
      throw TargetException.refused(e.problem().message(), "correct the name");
    }
  }
}

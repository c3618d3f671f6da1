package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** {@link LibC} with the failures that every caller treats alike turned into problems. */
final class Syscalls {
  /** PATH_MAX, linux/limits.h. */
  private static final int PATH_BYTES = 4096;

  private final LibC libC;

  Syscalls(LibC libC) {
    this.libC = libC;
  }

  LibC libC() {
    return libC;
  }

  /**
   * Opens a path.
   *
   * @return the descriptor, or the negative error number: callers know which ones they can answer
   */
  int tryOpen(String path, int flags) {
    byte[] name = cString(path);
    return tryOpen(() -> libC.open(name, flags | LibC.O_CLOEXEC));
  }

  private int tryOpen(IntSupplier open) {
    while (true) {
      int fd = open.getAsInt();
      if (fd >= 0) {
        return fd;
      }
      int errno = libC.errno();
      if (errno != Errno.EINTR) {
        return -errno;
      }
    }
  }

  FileStatus status(String path) {
    return statx(LibC.AT_FDCWD, cString(path), 0, path);
  }

  /** What is at the path; null if nothing is, or it cannot be looked at. */
  @Nullable FileStatus tryStatus(String path) {
    byte[] result = new byte[FileStatus.BYTES];
    byte[] name = cString(path);
    return libC.statx(LibC.AT_FDCWD, name, 0, LibC.STATX_WANTED, result) == 0
        ? FileStatus.decode(result)
        : null;
  }

  FileStatus status(int fd, String path) {
    return statx(fd, new byte[] {0}, LibC.AT_EMPTY_PATH, path);
  }

  /** The magic number of the file system of a path, from linux/magic.h; 0 if it is not there. */
  long fileSystemType(String path) {
    byte[] result = new byte[FileSystems.STATFS_BYTES];
    return libC.statfs(cString(path), result) == 0 ? FileSystems.magic(result) : 0;
  }

  /** Where a symbolic link leads; null if there is none, or it may not be read. */
  @Nullable String readLink(String path) {
    byte[] target = new byte[PATH_BYTES];
    int length = (int) libC.readlinkat(LibC.AT_FDCWD, cString(path), target, target.length);
    return length < 0 ? null : new String(target, 0, length, StandardCharsets.UTF_8);
  }

  /**
   * A number that the kernel knows of an open device, by ioctl(2).
   *
   * @throws ProblemException {@code device.open}
   */
  long ask(int fd, String path, long request) {
    long[] result = new long[1];
    if (libC.ioctl(fd, request, result) != 0) {
      throw failed(
          ProblemCode.DEVICE_OPEN, "cannot ask the kernel about " + path, path, null, libC.errno());
    }
    return result[0];
  }

  private FileStatus statx(int directory, byte[] name, int flags, String path) {
    byte[] result = new byte[FileStatus.BYTES];
    if (libC.statx(directory, name, flags, LibC.STATX_WANTED, result) != 0) {
      throw failedOpen(path, libC.errno());
    }
    return FileStatus.decode(result);
  }

  /** The problem of a path that could not be opened. */
  ProblemException failedOpen(String path, int errno) {
    ProblemCode code =
        switch (errno) {
          case Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP, Errno.ENAMETOOLONG ->
              ProblemCode.PATH_MISSING;
          case Errno.EACCES, Errno.EPERM -> ProblemCode.PATH_PERMISSION;
          // EAGAIN: a lease, as Samba takes one.
          case Errno.EBUSY, Errno.EAGAIN -> ProblemCode.DEVICE_BUSY;
          case Errno.EROFS -> ProblemCode.DEVICE_READ_ONLY;
          default -> ProblemCode.DEVICE_OPEN;
        };
    return failed(code, "cannot open " + path, path, null, errno);
  }

  /** The problem of an undo store that could not be made. */
  ProblemException failedUndoCreate(String message, String path, int errno) {
    return failed(ProblemCode.UNDO_CREATE, message, path, null, errno);
  }

  /** The same problem, of an undo store that could not be made. */
  ProblemException asUndoCreate(ProblemException e) {
    Problem p = e.problem();
    return new ProblemException(
        new Problem(
            ProblemCode.UNDO_CREATE, p.message(), p.path(), p.pointer(), p.offset(), p.errno()),
        e);
  }

  /** A problem with the system's own words after it. */
  ProblemException failed(
      ProblemCode code, String message, String path, @Nullable Long offset, int errno) {
    return new ProblemException(
        new Problem(code, message + ": " + libC.strerror(errno), path, null, offset, errno));
  }

  static byte[] cString(String path) {
    try {
      var encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(path));
      byte[] bytes = new byte[encoded.remaining() + 1];
      encoded.get(bytes, 0, bytes.length - 1);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new ProblemException(
          Problem.at(ProblemCode.PATH_MISSING, path, "no file name can hold half a character"), e);
    }
  }
}

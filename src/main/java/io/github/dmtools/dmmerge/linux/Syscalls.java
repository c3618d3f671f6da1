package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Calls of {@link LibC} whose failures become problems. */
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
   * @return the descriptor, or the negative error number
   */
  int tryOpen(String path, int flags) {
    byte[] name = cString(path);
    while (true) {
      int fd = libC.open(name, flags | LibC.O_CLOEXEC);
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

  /** The status of the path; null if there is nothing, or it cannot be read. */
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

  /** The magic number of the path's file system, see linux/magic.h; 0 if it cannot be read. */
  long fileSystemType(String path) {
    byte[] result = new byte[FileSystems.STATFS_BYTES];
    return libC.statfs(cString(path), result) == 0 ? FileSystems.magic(result) : 0;
  }

  /** The target of a symbolic link; null if it cannot be read. */
  @Nullable String readLink(String path) {
    byte[] target = new byte[PATH_BYTES];
    int length = (int) libC.readlinkat(LibC.AT_FDCWD, cString(path), target, target.length);
    return length < 0 ? null : new String(target, 0, length, StandardCharsets.UTF_8);
  }

  /**
   * Queries a number of an open device by ioctl(2).
   *
   * @throws ProblemException {@code device.open}
   */
  long query(int fd, String path, long request) {
    long[] result = new long[1];
    if (libC.ioctl(fd, request, result) != 0) {
      throw failed(ProblemCode.DEVICE_OPEN, "cannot query " + path, path, null, libC.errno());
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
          // EAGAIN: a lease, such as Samba's.
          case Errno.EBUSY, Errno.EAGAIN -> ProblemCode.DEVICE_BUSY;
          case Errno.EROFS -> ProblemCode.DEVICE_READ_ONLY;
          default -> ProblemCode.DEVICE_OPEN;
        };
    return failed(code, "cannot open " + path, path, null, errno);
  }

  /** A problem whose message ends with the system's error text. */
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
          Problem.at(ProblemCode.PATH_MISSING, path, "a file name cannot contain half a character"),
          e);
    }
  }
}

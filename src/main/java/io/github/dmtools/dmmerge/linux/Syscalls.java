package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** {@link LibC} with the failures that every caller treats alike turned into problems. */
final class Syscalls {
  private static final int STATFS_BYTES = 120;

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

  /** Makes and opens a file; answers as {@link #tryOpen} does. */
  int tryCreate(String path, int flags, int mode) {
    byte[] name = cString(path);
    return tryOpen(() -> libC.open(name, flags | LibC.O_CLOEXEC, mode));
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

  FileStatus status(int fd, String path) {
    return statx(fd, new byte[] {0}, LibC.AT_EMPTY_PATH, path);
  }

  /** The magic number of the file system of a path, from linux/magic.h; 0 if it is not there. */
  long fileSystemType(String path) {
    byte[] result = new byte[STATFS_BYTES];
    return libC.statfs(cString(path), result) == 0
        ? ByteBuffer.wrap(result).order(ByteOrder.nativeOrder()).getLong()
        : 0;
  }

  /** Where a symbolic link leads; null if there is none, or it may not be read. */
  @Nullable String readLink(String path) {
    byte[] target = new byte[PATH_BYTES];
    int length = (int) libC.readlink(cString(path), target, target.length);
    return length < 0 ? null : new String(target, 0, length, StandardCharsets.UTF_8);
  }

  /**
   * What lies at the path of a file of our own, a symbolic link not followed; null if nothing does.
   *
   * @throws ProblemException {@code undo.create}
   */
  @Nullable FileStatus tryStatus(String path) {
    try {
      return statx(LibC.AT_FDCWD, cString(path), LibC.AT_SYMLINK_NOFOLLOW, path);
    } catch (ProblemException e) {
      Integer errno = e.problem().errno();
      if (errno != null && errno == Errno.ENOENT) {
        return null;
      }
      throw asUndoCreate(e);
    }
  }

  /**
   * Renames a file of our own.
   *
   * @throws ProblemException {@code undo.create}
   */
  void rename(String from, String to) {
    if (libC.rename(cString(from), cString(to)) != 0) {
      throw failedUndoCreate("cannot rename " + from + " to " + to, to, libC.errno());
    }
  }

  /** Removes a file of our own. What is left if that fails the next run replaces. */
  void unlink(String path) {
    libC.unlink(cString(path));
  }

  /**
   * Makes the names in a file's folder durable.
   *
   * @throws ProblemException {@code undo.create}
   */
  void syncFolderOf(String path) {
    String folder = path.substring(0, path.lastIndexOf('/') + 1);
    int fd = tryOpen(folder, LibC.O_RDONLY);
    if (fd < 0) {
      throw failedUndoCreate("cannot open " + folder, path, -fd);
    }
    try {
      while (libC.fsync(fd) != 0) {
        int errno = libC.errno();
        if (errno != Errno.EINTR) {
          throw failedUndoCreate("cannot make names durable in " + folder, path, errno);
        }
      }
    } finally {
      libC.close(fd);
    }
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
          case Errno.EBUSY -> ProblemCode.DEVICE_BUSY;
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

  /** A problem with the system's own words behind it. */
  ProblemException failed(
      ProblemCode code, String message, String path, @Nullable Long offset, int errno) {
    return new ProblemException(
        new Problem(code, message + ": " + libC.strerror(errno), path, null, offset, errno));
  }

  private static byte[] cString(String path) {
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

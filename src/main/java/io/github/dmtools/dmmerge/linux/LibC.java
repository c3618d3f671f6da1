package io.github.dmtools.dmmerge.linux;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/**
 * Functions of the C library on 64-bit Linux, by the names that they have there, through JNA's
 * direct mapping: a call costs about as much as with JNI. Pointers are addresses; a failure is -1
 * and {@link #errno}.
 */
class LibC {
  static {
    NativeLibrary.locate();
    // Loaded already: by its name, JNA would search directories for it.
    Native.register(LibC.class, com.sun.jna.NativeLibrary.getProcess());
  }

  static final int O_RDONLY = 0;
  static final int O_WRONLY = 1;
  static final int O_RDWR = 2;
  static final int O_CREAT = 0100;
  static final int O_EXCL = 0200;
  static final int O_APPEND = 02000;
  static final int O_NONBLOCK = 04000;
  static final int O_CLOEXEC = 02000000;
  static final int O_PATH = 010000000;

  /** __O_TMPFILE, asm-generic/fcntl.h. To be combined with the architecture's O_DIRECTORY. */
  static final int O_TMPFILE = 020000000;

  static final int AT_FDCWD = -100;
  static final int AT_SYMLINK_NOFOLLOW = 0x100;
  static final int AT_SYMLINK_FOLLOW = 0x400;
  static final int AT_EMPTY_PATH = 0x1000;

  /** linux/stat.h. */
  static final int STATX_BTIME = 0x800;

  /** STATX_BASIC_STATS, STATX_BTIME, STATX_MNT_ID and STATX_DIOALIGN, linux/stat.h. */
  static final int STATX_WANTED = 0x7ff | STATX_BTIME | 0x1000 | 0x2000;

  // asm-generic/fcntl.h: locks of an open file description.
  static final int F_OFD_GETLK = 36;
  static final int F_OFD_SETLK = 37;
  static final short F_RDLCK = 0;
  static final short F_WRLCK = 1;
  static final short F_UNLCK = 2;

  static final int LOCK_SH = 1;
  static final int LOCK_EX = 2;
  static final int LOCK_NB = 4;

  static final int POSIX_FADV_WILLNEED = 3;
  static final int POSIX_FADV_DONTNEED = 4;

  static final int SYNC_FILE_RANGE_WRITE = 2;

  // linux/fs.h; the encoding is the same on every architecture that Architecture allows.
  static final long BLKROGET = 0x125e;
  static final long BLKFLSBUF = 0x1261;
  static final long BLKSSZGET = 0x1268;
  static final long LOOP_GET_STATUS64 = 0x4c05;
  static final long BLKGETSIZE64 = 0x80081272L;
  static final long FICLONERANGE = 0x4020940dL;

  /** linux/dm-ioctl.h. */
  static final long DM_TABLE_STATUS = 0xc138fd0cL;

  /** open(2). */
  native int open(byte[] path, int flags);

  /** close(2). */
  native int close(int fd);

  /** statx(2) into a buffer of 256 bytes. */
  native int statx(int directory, byte[] path, int flags, int mask, byte[] result);

  /** pread(2) to a memory address. */
  native long pread(int fd, long address, long count, long offset);

  /** pwrite(2) from a memory address. */
  native long pwrite(int fd, long address, long count, long offset);

  /** fdatasync(2). */
  native int fdatasync(int fd);

  /** sync_file_range(2). */
  native int sync_file_range(int fd, long offset, long length, int flags);

  /** fsync(2). */
  native int fsync(int fd);

  /** fallocate(2). */
  native int fallocate(int fd, int mode, long offset, long length);

  /** ftruncate(2). */
  native int ftruncate(int fd, long length);

  /** openat(2); the mode is for O_CREAT and O_TMPFILE. */
  native int openat(int directory, byte[] name, int flags, int mode);

  /** write(2) from a memory address. */
  native long write(int fd, long address, long count);

  /** linkat(2). */
  native int linkat(int fromDirectory, byte[] from, int toDirectory, byte[] to, int flags);

  /** renameat(2). */
  native int renameat(int fromDirectory, byte[] from, int toDirectory, byte[] to);

  /** unlinkat(2), not of a directory. */
  native int unlinkat(int directory, byte[] name, int flags);

  /** readlinkat(2); returns the length. */
  native long readlinkat(int directory, byte[] name, byte[] target, long length);

  /** fchmod(2). */
  native int fchmod(int fd, int mode);

  /** fstatfs(2) into a buffer of 120 bytes. */
  native int fstatfs(int fd, byte[] result);

  /** fcntl(2) with a structure. */
  native int fcntl(int fd, int command, byte[] structure);

  /** geteuid(2). */
  native int geteuid();

  /** ioctl(2) with a result of up to 8 bytes, or with none. */
  native int ioctl(int fd, long request, long[] result);

  /** ioctl(2) with a structure. */
  native int ioctl(int fd, long request, byte[] structure);

  /** statfs(2) into a buffer of 120 bytes. */
  native int statfs(byte[] path, byte[] result);

  /** flock(2). */
  native int flock(int fd, int operation);

  /** posix_fadvise(3); returns the error number. */
  native int posix_fadvise(int fd, long offset, long length, int advice);

  /** isatty(3). */
  native int isatty(int fd);

  /** The address of a direct buffer's first byte. */
  static long address(ByteBuffer buffer) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(buffer));
  }

  /** The error number of this thread's last failed call. */
  int errno() {
    return Native.getLastError();
  }

  /** strerror(3). */
  native String strerror(int errno);
}

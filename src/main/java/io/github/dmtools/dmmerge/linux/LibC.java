package io.github.dmtools.dmmerge.linux;

import java.nio.ByteBuffer;

/**
 * Functions of the C library on 64-bit Linux. Pointers are addresses; a failure is -1 and {@link
 * #errno}. Users of this interface do not know how the library is called.
 */
interface LibC {
  int O_RDONLY = 0;
  int O_WRONLY = 1;
  int O_RDWR = 2;
  int O_CREAT = 0100;
  int O_EXCL = 0200;
  int O_APPEND = 02000;
  int O_NONBLOCK = 04000;
  int O_CLOEXEC = 02000000;
  int O_PATH = 010000000;

  /** __O_TMPFILE, asm-generic/fcntl.h. To be combined with the architecture's O_DIRECTORY. */
  int O_TMPFILE = 020000000;

  int AT_FDCWD = -100;
  int AT_SYMLINK_NOFOLLOW = 0x100;
  int AT_SYMLINK_FOLLOW = 0x400;
  int AT_EMPTY_PATH = 0x1000;

  /** linux/stat.h. */
  int STATX_BTIME = 0x800;

  /** STATX_BASIC_STATS, STATX_BTIME, STATX_MNT_ID and STATX_DIOALIGN, linux/stat.h. */
  int STATX_WANTED = 0x7ff | STATX_BTIME | 0x1000 | 0x2000;

  // asm-generic/fcntl.h: locks of an open file description.
  int F_OFD_GETLK = 36;
  int F_OFD_SETLK = 37;
  short F_RDLCK = 0;
  short F_WRLCK = 1;
  short F_UNLCK = 2;

  int LOCK_SH = 1;
  int LOCK_EX = 2;
  int LOCK_NB = 4;

  int POSIX_FADV_WILLNEED = 3;
  int POSIX_FADV_DONTNEED = 4;

  int SYNC_FILE_RANGE_WRITE = 2;

  // linux/fs.h; the encoding is the same on every architecture that Architecture allows.
  long BLKROGET = 0x125e;
  long BLKFLSBUF = 0x1261;
  long BLKSSZGET = 0x1268;
  long LOOP_GET_STATUS64 = 0x4c05;
  long BLKGETSIZE64 = 0x80081272L;
  long FICLONERANGE = 0x4020940dL;

  /** linux/dm-ioctl.h. */
  long DM_TABLE_STATUS = 0xc138fd0cL;

  /** open(2). */
  int open(byte[] path, int flags);

  /** close(2). */
  int close(int fd);

  /** statx(2) into a buffer of 256 bytes. */
  int statx(int directory, byte[] path, int flags, int mask, byte[] result);

  /** pread(2) to a memory address. */
  long pread(int fd, long address, long count, long offset);

  /** pwrite(2) from a memory address. */
  long pwrite(int fd, long address, long count, long offset);

  /** fdatasync(2). */
  int fdatasync(int fd);

  /** sync_file_range(2). */
  int syncFileRange(int fd, long offset, long length, int flags);

  /** fsync(2). */
  int fsync(int fd);

  /** fallocate(2). */
  int fallocate(int fd, int mode, long offset, long length);

  /** ftruncate(2). */
  int ftruncate(int fd, long length);

  /** openat(2); the mode is for O_CREAT and O_TMPFILE. */
  int openat(int directory, byte[] name, int flags, int mode);

  /** write(2) from a memory address. */
  long write(int fd, long address, long count);

  /** linkat(2). */
  int linkat(int fromDirectory, byte[] from, int toDirectory, byte[] to, int flags);

  /** renameat(2). */
  int renameat(int fromDirectory, byte[] from, int toDirectory, byte[] to);

  /** unlinkat(2), not of a directory. */
  int unlinkat(int directory, byte[] name, int flags);

  /** readlinkat(2); returns the length. */
  long readlinkat(int directory, byte[] name, byte[] target, long length);

  /** fchmod(2). */
  int fchmod(int fd, int mode);

  /** fstatfs(2) into a buffer of 120 bytes. */
  int fstatfs(int fd, byte[] result);

  /** fcntl(2) with a structure. */
  int fcntl(int fd, int command, byte[] structure);

  /** geteuid(2). */
  int geteuid();

  /** ioctl(2) with a result of up to 8 bytes, or with none. */
  int ioctl(int fd, long request, long[] result);

  /** ioctl(2) with a structure. */
  int ioctl(int fd, long request, byte[] structure);

  /** statfs(2) into a buffer of 120 bytes. */
  int statfs(byte[] path, byte[] result);

  /** flock(2). */
  int flock(int fd, int operation);

  /** posix_fadvise(3); returns the error number. */
  int posixFadvise(int fd, long offset, long length, int advice);

  /** isatty(3). */
  int isatty(int fd);

  /** The address of a direct buffer's first byte. */
  long address(ByteBuffer buffer);

  /** The error number of this thread's last failed call. */
  int errno();

  /** strerror(3). */
  String strerror(int errno);
}

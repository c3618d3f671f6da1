package io.github.dmtools.dmmerge.linux;

/**
 * The C library's functions as they are, for 64-bit Linux: pointers are addresses, a failure is -1
 * and {@link #errno}. Nothing above this interface knows how it is reached.
 */
interface LibC {
  int O_RDONLY = 0;
  int O_RDWR = 2;
  int O_CREAT = 0100;
  int O_EXCL = 0200;
  int O_NONBLOCK = 04000;
  int O_CLOEXEC = 02000000;

  int AT_FDCWD = -100;
  int AT_SYMLINK_NOFOLLOW = 0x100;
  int AT_EMPTY_PATH = 0x1000;

  /** linux/stat.h. */
  int STATX_BTIME = 0x800;

  /** STATX_BASIC_STATS, STATX_BTIME, STATX_MNT_ID and STATX_DIOALIGN, linux/stat.h. */
  int STATX_WANTED = 0x7ff | STATX_BTIME | 0x1000 | 0x2000;

  /** linux/fcntl.h: locks of an open file description. */
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

  /** open(2) with O_CREAT. */
  int open(byte[] path, int flags, int mode);

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

  /** rename(2). */
  int rename(byte[] from, byte[] to);

  /** unlink(2). */
  int unlink(byte[] path);

  /** ioctl(2) with a result of up to 8 bytes, or with none. */
  int ioctl(int fd, long request, long[] result);

  /** ioctl(2) with a structure. */
  int ioctl(int fd, long request, byte[] structure);

  /** statfs(2) into a buffer of 120 bytes. */
  int statfs(byte[] path, byte[] result);

  /** readlink(2); returns the number of bytes. */
  long readlink(byte[] path, byte[] target, long size);

  /** fcntl(2) with a {@code struct flock} of 32 bytes. */
  int fcntl(int fd, int command, byte[] lock);

  /** flock(2). */
  int flock(int fd, int operation);

  /** posix_fadvise(3); returns the error number. */
  int posixFadvise(int fd, long offset, long length, int advice);

  /** isatty(3). */
  int isatty(int fd);

  /** The error number of this thread's last call that failed. */
  int errno();

  /** strerror(3). */
  String strerror(int errno);
}

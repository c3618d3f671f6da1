package io.github.dmtools.dmmerge.linux;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A C library over a file in memory. The test queues the results of its transfers: the largest
 * count, or a negative error number. Without a queued result, a transfer is complete.
 */
final class FakeLibC extends LibC {
  final byte[] file;
  final Deque<Integer> transfers = new ArrayDeque<>();
  final Deque<Integer> barriers = new ArrayDeque<>();
  final Deque<Integer> clones = new ArrayDeque<>();
  final Deque<Integer> allocations = new ArrayDeque<>();
  final List<String> calls = new ArrayList<>();
  private int errno;

  FakeLibC(byte[] file) {
    this.file = file;
  }

  private long transfer(String call, int fd, long address, long count, long offset, boolean write) {
    calls.add(call + " " + fd + " " + offset + "+" + count);
    int answer = transfers.isEmpty() ? (int) count : transfers.remove();
    if (answer < 0) {
      errno = -answer;
      return -1;
    }
    int done = (int) Math.min(answer, Math.min(count, file.length - offset));
    if (write) {
      new Pointer(address).read(0, file, (int) offset, done);
    } else {
      new Pointer(address).write(0, file, (int) offset, done);
    }
    return done;
  }

  @Override
  public long pread(int fd, long address, long count, long offset) {
    return transfer("pread", fd, address, count, offset, false);
  }

  @Override
  public long pwrite(int fd, long address, long count, long offset) {
    return transfer("pwrite", fd, address, count, offset, true);
  }

  @Override
  public int fdatasync(int fd) {
    calls.add("fdatasync " + fd);
    errno = barriers.isEmpty() ? 0 : -barriers.remove();
    return errno == 0 ? 0 : -1;
  }

  @Override
  public int open(byte[] path, int flags) {
    throw new AssertionError("nothing here opens");
  }

  @Override
  public int sync_file_range(int fd, long offset, long length, int flags) {
    return 0;
  }

  @Override
  public int fsync(int fd) {
    calls.add("fsync " + fd);
    return 0;
  }

  @Override
  public int fallocate(int fd, int mode, long offset, long length) {
    calls.add("fallocate " + fd + " " + offset + "+" + length);
    errno = allocations.isEmpty() ? 0 : -allocations.remove();
    return errno == 0 ? 0 : -1;
  }

  @Override
  public int ftruncate(int fd, long length) {
    calls.add("ftruncate " + fd + " " + length);
    return 0;
  }

  @Override
  public int openat(int directory, byte[] name, int flags, int mode) {
    throw new AssertionError("nothing here calls openat");
  }

  @Override
  public long write(int fd, long address, long count) {
    throw new AssertionError("nothing here calls write");
  }

  @Override
  public int linkat(int fromDirectory, byte[] from, int toDirectory, byte[] to, int flags) {
    throw new AssertionError("nothing here calls linkat");
  }

  @Override
  public int renameat(int fromDirectory, byte[] from, int toDirectory, byte[] to) {
    throw new AssertionError("nothing here calls renameat");
  }

  @Override
  public int unlinkat(int directory, byte[] name, int flags) {
    throw new AssertionError("nothing here calls unlinkat");
  }

  @Override
  public long readlinkat(int directory, byte[] name, byte[] target, long length) {
    throw new AssertionError("nothing here calls readlinkat");
  }

  @Override
  public int fchmod(int fd, int mode) {
    throw new AssertionError("nothing here calls fchmod");
  }

  @Override
  public int fstatfs(int fd, byte[] result) {
    throw new AssertionError("nothing here calls fstatfs");
  }

  @Override
  public int fcntl(int fd, int command, byte[] structure) {
    throw new AssertionError("nothing here calls fcntl");
  }

  @Override
  public int geteuid() {
    throw new AssertionError("nothing here calls geteuid");
  }

  @Override
  public int close(int fd) {
    calls.add("close " + fd);
    return 0;
  }

  @Override
  public int statx(int directory, byte[] path, int flags, int mask, byte[] result) {
    errno = Errno.ENOENT;
    return -1;
  }

  @Override
  public int ioctl(int fd, long request, long[] result) {
    errno = Errno.EINVAL;
    return -1;
  }

  @Override
  public int ioctl(int fd, long request, byte[] range) {
    if (request != LibC.FICLONERANGE) {
      throw new AssertionError("nothing here asks for " + request);
    }
    ByteBuffer fields = ByteBuffer.wrap(range).order(ByteOrder.nativeOrder());
    calls.add(
        String.format(
            "clone %d %d+%d to %d %d",
            fields.getLong(0), fields.getLong(8), fields.getLong(16), fd, fields.getLong(24)));
    errno = clones.isEmpty() ? 0 : -clones.remove();
    return errno == 0 ? 0 : -1;
  }

  @Override
  public int statfs(byte[] path, byte[] result) {
    errno = Errno.ENOENT;
    return -1;
  }

  @Override
  public int flock(int fd, int operation) {
    return 0;
  }

  @Override
  public int posix_fadvise(int fd, long offset, long length, int advice) {
    calls.add("advice " + advice + " " + fd + " " + offset + "+" + length);
    return 0;
  }

  @Override
  public int isatty(int fd) {
    return 0;
  }

  @Override
  public int errno() {
    return errno;
  }

  @Override
  public String strerror(int number) {
    return "error " + number;
  }

  /** The status of a regular file. */
  static FileStatus regular(long size) {
    ByteBuffer statx = ByteBuffer.allocate(FileStatus.BYTES).order(ByteOrder.nativeOrder());
    statx.putShort(28, (short) 0100644).putLong(32, 77).putLong(40, size);
    statx.putInt(136, 8).putInt(140, 1).putInt(156, 512);
    return FileStatus.decode(statx.array());
  }
}

package io.github.dmtools.dmmerge.linux;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/** {@link LibC} by JNA's direct mapping, where a call costs about as much as with JNI. */
final class JnaLibC implements LibC {
  static {
    NativeLibrary.locate();
    // Loaded already: by its name, JNA would search directories for it.
    Native.register(Raw.class, com.sun.jna.NativeLibrary.getProcess());
  }

  /** The symbols of the C library. */
  private static final class Raw {
    static native int open(byte[] path, int flags);

    static native int close(int fd);

    static native int statx(int directory, byte[] path, int flags, int mask, byte[] result);

    static native long pread(int fd, long address, long count, long offset);

    static native long pwrite(int fd, long address, long count, long offset);

    static native int fdatasync(int fd);

    static native int sync_file_range(int fd, long offset, long length, int flags);

    static native int fsync(int fd);

    static native int fallocate(int fd, int mode, long offset, long length);

    static native int ftruncate(int fd, long length);

    static native int ioctl(int fd, long request, long[] result);

    static native int ioctl(int fd, long request, byte[] structure);

    static native int statfs(byte[] path, byte[] result);

    static native long readlinkat(int directory, byte[] name, byte[] target, long length);

    static native int fcntl(int fd, int command, byte[] structure);

    static native int flock(int fd, int operation);

    static native int posix_fadvise(int fd, long offset, long length, int advice);

    static native int isatty(int fd);

    static native String strerror(int errno);
  }

  /** The symbols for files that dm-merge writes, bound only when needed. */
  private static final class RawFiles {
    static {
      Native.register(RawFiles.class, com.sun.jna.NativeLibrary.getProcess());
    }

    static native int openat(int directory, byte[] name, int flags, int mode);

    static native long write(int fd, long address, long count);

    static native int linkat(int fromDirectory, byte[] from, int toDirectory, byte[] to, int flags);

    static native int renameat(int fromDirectory, byte[] from, int toDirectory, byte[] to);

    static native int unlinkat(int directory, byte[] name, int flags);

    static native int fchmod(int fd, int mode);

    static native int fstatfs(int fd, byte[] result);

    static native int geteuid();
  }

  @Override
  public int open(byte[] path, int flags) {
    return Raw.open(path, flags);
  }

  @Override
  public int close(int fd) {
    return Raw.close(fd);
  }

  @Override
  public int statx(int directory, byte[] path, int flags, int mask, byte[] result) {
    return Raw.statx(directory, path, flags, mask, result);
  }

  @Override
  public long pread(int fd, long address, long count, long offset) {
    return Raw.pread(fd, address, count, offset);
  }

  @Override
  public long pwrite(int fd, long address, long count, long offset) {
    return Raw.pwrite(fd, address, count, offset);
  }

  @Override
  public int fdatasync(int fd) {
    return Raw.fdatasync(fd);
  }

  @Override
  public int syncFileRange(int fd, long offset, long length, int flags) {
    return Raw.sync_file_range(fd, offset, length, flags);
  }

  @Override
  public int fsync(int fd) {
    return Raw.fsync(fd);
  }

  @Override
  public int fallocate(int fd, int mode, long offset, long length) {
    return Raw.fallocate(fd, mode, offset, length);
  }

  @Override
  public int ftruncate(int fd, long length) {
    return Raw.ftruncate(fd, length);
  }

  @Override
  public int openat(int directory, byte[] name, int flags, int mode) {
    return RawFiles.openat(directory, name, flags, mode);
  }

  @Override
  public long write(int fd, long address, long count) {
    return RawFiles.write(fd, address, count);
  }

  @Override
  public int linkat(int fromDirectory, byte[] from, int toDirectory, byte[] to, int flags) {
    return RawFiles.linkat(fromDirectory, from, toDirectory, to, flags);
  }

  @Override
  public int renameat(int fromDirectory, byte[] from, int toDirectory, byte[] to) {
    return RawFiles.renameat(fromDirectory, from, toDirectory, to);
  }

  @Override
  public int unlinkat(int directory, byte[] name, int flags) {
    return RawFiles.unlinkat(directory, name, flags);
  }

  @Override
  public long readlinkat(int directory, byte[] name, byte[] target, long length) {
    return Raw.readlinkat(directory, name, target, length);
  }

  @Override
  public int fchmod(int fd, int mode) {
    return RawFiles.fchmod(fd, mode);
  }

  @Override
  public int fstatfs(int fd, byte[] result) {
    return RawFiles.fstatfs(fd, result);
  }

  @Override
  public int fcntl(int fd, int command, byte[] structure) {
    return Raw.fcntl(fd, command, structure);
  }

  @Override
  public int geteuid() {
    return RawFiles.geteuid();
  }

  @Override
  public int ioctl(int fd, long request, long[] result) {
    return Raw.ioctl(fd, request, result);
  }

  @Override
  public int ioctl(int fd, long request, byte[] structure) {
    return Raw.ioctl(fd, request, structure);
  }

  @Override
  public int statfs(byte[] path, byte[] result) {
    return Raw.statfs(path, result);
  }

  @Override
  public int flock(int fd, int operation) {
    return Raw.flock(fd, operation);
  }

  @Override
  public int posixFadvise(int fd, long offset, long length, int advice) {
    return Raw.posix_fadvise(fd, offset, length, advice);
  }

  @Override
  public int isatty(int fd) {
    return Raw.isatty(fd);
  }

  @Override
  public long address(ByteBuffer buffer) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(buffer));
  }

  @Override
  public int errno() {
    return Native.getLastError();
  }

  @Override
  public String strerror(int errno) {
    return Raw.strerror(errno);
  }
}

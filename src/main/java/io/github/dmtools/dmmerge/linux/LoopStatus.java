package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The backing file of a loop device by number: its name may have changed, or belong to another
 * mount namespace. {@code struct loop_info64}, linux/loop.h.
 *
 * @param fileSystem device number of the file's file system
 * @param blockDevice the backing block device; null for a file
 * @param offset byte of the backing file at which the loop device starts
 * @param sizeLimit largest size of the loop device in bytes; 0 for no limit
 */
record LoopStatus(
    DeviceNumber fileSystem,
    long inode,
    @Nullable DeviceNumber blockDevice,
    long offset,
    long sizeLimit) {
  private static final int BYTES = 232;

  /** Queries an open device; null if it is not an attached loop device. */
  static @Nullable LoopStatus of(Syscalls syscalls, int fd) {
    byte[] info = new byte[BYTES];
    return syscalls.libC().ioctl(fd, LibC.LOOP_GET_STATUS64, info) == 0 ? decode(info) : null;
  }

  /** Identity of the backing file, see {@link FileStatus#identity}. */
  String file() {
    return "file:" + fileSystem + ":" + inode;
  }

  private static LoopStatus decode(byte[] info) {
    ByteBuffer b = ByteBuffer.wrap(info).order(ByteOrder.nativeOrder());
    DeviceNumber fileSystem = number(b.getLong(0));
    DeviceNumber special = number(b.getLong(16));
    // For a file this is 0 or the file system's number, depending on the kernel version.
    boolean isFile = b.getLong(16) == 0 || special.equals(fileSystem);
    return new LoopStatus(
        fileSystem, b.getLong(8), isFile ? null : special, b.getLong(24), b.getLong(32));
  }

  /** The encoding of linux/kdev_t.h, {@code new_encode_dev}. */
  private static DeviceNumber number(long encoded) {
    int major = (int) ((encoded & 0xfff00) >>> 8);
    int minor = (int) ((encoded & 0xff) | ((encoded >>> 12) & 0xfff00));
    return new DeviceNumber(major, minor);
  }
}

package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * What a loop device says of its backing file, by number and not by name: the file may have been
 * renamed, deleted, or be named in another mount namespace. {@code struct loop_info64},
 * linux/loop.h.
 *
 * @param fileSystem number of the file system that the file lies on
 * @param blockDevice the backing device, if it is one; else null
 * @param offset the byte of it that the loop device starts at
 * @param sizeLimit the most bytes that the loop device has; 0 for no limit
 */
record LoopStatus(
    DeviceNumber fileSystem,
    long inode,
    @Nullable DeviceNumber blockDevice,
    long offset,
    long sizeLimit) {
  static final int BYTES = 232;

  /** Identity of the file that it is attached to, as {@link FileStatus#identity} gives it. */
  String file() {
    return "file:" + fileSystem + ":" + inode;
  }

  static LoopStatus decode(byte[] info) {
    ByteBuffer b = ByteBuffer.wrap(info).order(ByteOrder.nativeOrder());
    DeviceNumber fileSystem = number(b.getLong(0));
    DeviceNumber special = number(b.getLong(16));
    // Where the backing file is no device, this is 0 or the file system's number, by kernel
    // version.
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

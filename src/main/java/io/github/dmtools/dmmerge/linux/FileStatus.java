package io.github.dmtools.dmmerge.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The result of statx(2). The structure is the same on every architecture.
 *
 * @param links number of hard links
 * @param user number of the owner
 * @param group number of the group
 * @param birth creation time as {@code seconds.nanoseconds}; null if the file system has none
 * @param device device number of the file system
 * @param specialDevice device number of a device file
 * @param directAlignment alignment for O_DIRECT in bytes; 0 if the kernel does not report it
 * @param mountId id of the mount, as in mountinfo; 0 before Linux 5.8
 * @param mountRoot the file is the root of a mount
 */
record FileStatus(
    int mode,
    int links,
    int user,
    int group,
    long inode,
    long size,
    @Nullable String birth,
    DeviceNumber device,
    DeviceNumber specialDevice,
    int directAlignment,
    long mountId,
    boolean mountRoot,
    Times times) {
  static final int BYTES = 256;

  /** STATX_ATTR_MOUNT_ROOT, linux/stat.h. */
  private static final long MOUNT_ROOT = 0x2000;

  private static final int TYPE_MASK = 0170000;
  private static final int REGULAR = 0100000;
  private static final int BLOCK = 060000;
  private static final int DIRECTORY = 040000;
  private static final int CHARACTER = 020000;
  private static final int FIFO = 010000;
  private static final int SOCKET = 0140000;
  private static final int SYMBOLIC_LINK = 0120000;

  /** A device number, as in {@code /sys/dev/block}. */
  record DeviceNumber(int major, int minor) {
    // Generated equals and hashCode are linked at their first call, which costs 10 ms at start.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof DeviceNumber number && major == number.major && minor == number.minor;
    }

    @Override
    public int hashCode() {
      return 31 * major + minor;
    }

    @Override
    public String toString() {
      return major + ":" + minor;
    }
  }

  /** Times of modification and status change, as {@code seconds.nanoseconds}. */
  record Times(String modified, String changed) {}

  static FileStatus decode(byte[] statx) {
    ByteBuffer b = ByteBuffer.wrap(statx).order(ByteOrder.nativeOrder());
    return new FileStatus(
        b.getShort(28) & 0xffff,
        b.getInt(16),
        b.getInt(20),
        b.getInt(24),
        b.getLong(32),
        b.getLong(40),
        (b.getInt(0) & LibC.STATX_BTIME) == 0 ? null : time(b, 80),
        new DeviceNumber(b.getInt(136), b.getInt(140)),
        new DeviceNumber(b.getInt(128), b.getInt(132)),
        b.getInt(156),
        b.getLong(144),
        (b.getLong(8) & MOUNT_ROOT) != 0,
        new Times(time(b, 112), time(b, 96)));
  }

  private static String time(ByteBuffer b, int at) {
    return b.getLong(at) + "." + b.getInt(at + 8);
  }

  boolean isRegular() {
    return (mode & TYPE_MASK) == REGULAR;
  }

  boolean isBlock() {
    return (mode & TYPE_MASK) == BLOCK;
  }

  boolean isDirectory() {
    return (mode & TYPE_MASK) == DIRECTORY;
  }

  boolean isSymbolicLink() {
    return (mode & TYPE_MASK) == SYMBOLIC_LINK;
  }

  /** True for a file without offsets: a FIFO or a character device. */
  boolean isStream() {
    return (mode & TYPE_MASK) == FIFO || (mode & TYPE_MASK) == CHARACTER;
  }

  /** The permission bits without set-user-ID, set-group-ID and sticky. */
  int permissions() {
    return mode & 0777;
  }

  /** The type with its article, for messages. */
  String typeName() {
    return switch (mode & TYPE_MASK) {
      case REGULAR -> "a regular file";
      case BLOCK -> "a block device";
      case DIRECTORY -> "a directory";
      case CHARACTER -> "a character device";
      case FIFO -> "a FIFO";
      case SOCKET -> "a socket";
      case SYMBOLIC_LINK -> "a symbolic link";
      default -> "of an unknown type";
    };
  }

  /** Identifies the file or device, whatever its path is. */
  String identity() {
    return isBlock() ? "block:" + specialDevice : "file:" + device + ":" + inode;
  }
}

package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What device-mapper itself says of a device: sysfs tells its name and what it lies on, and not
 * what it does. {@code struct dm_ioctl} and {@code struct dm_target_spec}, linux/dm-ioctl.h.
 */
final class DmTable {
  private static final String CONTROL = "/dev/mapper/control";

  private static final int HEADER_BYTES = 312;
  private static final int DATA_SIZE_AT = 12;
  private static final int DATA_START_AT = 16;
  private static final int TARGET_COUNT_AT = 20;
  private static final int FLAGS_AT = 28;
  private static final int DEVICE_AT = 40;

  private static final int SPEC_BYTES = 40;
  private static final int NEXT_AT = 20;
  private static final int TYPE_AT = 24;

  private static final int MAJOR_VERSION = 4;
  private static final int BUFFER_FULL = 1 << 8;

  /** Without it, a thin pool that is asked for its status commits its metadata. */
  private static final int NO_FLUSH = 1 << 11;

  private static final int FIRST_BYTES = 16 << 10;
  private static final int MOST_BYTES = 16 << 20;

  private final Syscalls syscalls;

  DmTable(Syscalls syscalls) {
    this.syscalls = syscalls;
  }

  /**
   * The kinds of targets in the live table of a device-mapper device, such as {@code linear} or
   * {@code snapshot-merge}; empty where it cannot be asked, which needs root.
   */
  Set<String> targets(DeviceNumber device) {
    int fd = syscalls.tryOpen(CONTROL, LibC.O_RDWR);
    if (fd < 0) {
      return Set.of();
    }
    try {
      for (int bytes = FIRST_BYTES; bytes <= MOST_BYTES; bytes *= 4) {
        byte[] answer = request(device, bytes);
        if (syscalls.libC().ioctl(fd, LibC.DM_TABLE_STATUS, answer) != 0) {
          return Set.of();
        }
        ByteBuffer b = ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder());
        if ((b.getInt(FLAGS_AT) & BUFFER_FULL) == 0) {
          return decode(b);
        }
      }
      return Set.of();
    } finally {
      syscalls.libC().close(fd);
    }
  }

  private static byte[] request(DeviceNumber device, int bytes) {
    byte[] request = new byte[bytes];
    ByteBuffer.wrap(request)
        .order(ByteOrder.nativeOrder())
        .putInt(0, MAJOR_VERSION)
        .putInt(DATA_SIZE_AT, bytes)
        .putInt(DATA_START_AT, HEADER_BYTES)
        .putInt(FLAGS_AT, NO_FLUSH)
        .putLong(DEVICE_AT, encoded(device));
    return request;
  }

  /** The encoding of linux/kdev_t.h, {@code huge_encode_dev}. */
  private static long encoded(DeviceNumber device) {
    long minor = device.minor();
    return (minor & 0xff) | ((long) device.major() << 8) | ((minor & ~0xffL) << 12);
  }

  private static Set<String> decode(ByteBuffer answer) {
    int start = answer.getInt(DATA_START_AT);
    Set<String> types = new LinkedHashSet<>();
    int at = start;
    for (int left = answer.getInt(TARGET_COUNT_AT); left > 0; left--) {
      types.add(text(answer, at + TYPE_AT, SPEC_BYTES - TYPE_AT));
      at = start + answer.getInt(at + NEXT_AT);
    }
    return types;
  }

  private static String text(ByteBuffer answer, int at, int most) {
    byte[] bytes = new byte[most];
    answer.get(at, bytes);
    String text = new String(bytes, StandardCharsets.US_ASCII);
    int end = text.indexOf(0);
    return end < 0 ? text : text.substring(0, end);
  }
}

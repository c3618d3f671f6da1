package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tables of device-mapper devices, which sysfs does not have. {@code struct dm_ioctl} and
 * {@code struct dm_target_spec}, linux/dm-ioctl.h.
 */
final class DmTables {
  private static final String CONTROL = "/dev/mapper/control";

  private static final int HEADER_BYTES = 312;
  private static final int DATA_SIZE_AT = 12;
  private static final int DATA_START_AT = 16;
  private static final int TARGET_COUNT_AT = 20;
  private static final int OPEN_COUNT_AT = 24;
  private static final int FLAGS_AT = 28;
  private static final int DEVICE_AT = 40;

  private static final int SPEC_BYTES = 40;
  private static final int LENGTH_AT = 8;
  private static final int NEXT_AT = 20;
  private static final int TYPE_AT = 24;

  private static final int MAJOR_VERSION = 4;
  private static final int BUFFER_FULL = 1 << 8;

  /** DM_STATUS_TABLE_FLAG: the table instead of the targets' status. */
  private static final int TABLE = 1 << 4;

  /** DM_SECURE_DATA_FLAG: the kernel erases its copy, since a table of dm-crypt has the key. */
  private static final int SECURE_DATA = 1 << 15;

  private static final int FIRST_BYTES = 16 << 10;
  private static final int MAX_BYTES = 16 << 20;

  private final Syscalls syscalls;

  DmTables(Syscalls syscalls) {
    this.syscalls = syscalls;
  }

  /**
   * The live table of a device.
   *
   * @param opens open count of the device, including devices that are built on it
   */
  record Table(int opens, List<DmTarget> targets) {}

  /**
   * Reads a table.
   *
   * @return null if device-mapper cannot be queried, which requires root, or has no such device
   */
  @Nullable Table read(DeviceNumber device) {
    int fd = syscalls.tryOpen(CONTROL, LibC.O_RDWR);
    if (fd < 0) {
      return null;
    }
    try {
      for (int bytes = FIRST_BYTES; bytes <= MAX_BYTES; bytes *= 4) {
        byte[] answer = request(device, bytes);
        if (syscalls.libC().ioctl(fd, LibC.DM_TABLE_STATUS, answer) != 0) {
          return null;
        }
        ByteBuffer b = ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder());
        if ((b.getInt(FLAGS_AT) & BUFFER_FULL) == 0) {
          Table table = decode(b);
          Arrays.fill(answer, (byte) 0);
          return table;
        }
        Arrays.fill(answer, (byte) 0);
      }
      return null;
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
        .putInt(FLAGS_AT, TABLE | SECURE_DATA)
        .putLong(DEVICE_AT, encoded(device));
    return request;
  }

  /** The encoding of linux/kdev_t.h, {@code huge_encode_dev}. */
  private static long encoded(DeviceNumber device) {
    long minor = device.minor();
    return (minor & 0xff) | ((long) device.major() << 8) | ((minor & ~0xffL) << 12);
  }

  private static Table decode(ByteBuffer answer) {
    int start = answer.getInt(DATA_START_AT);
    List<DmTarget> targets = new ArrayList<>();
    int at = start;
    for (int left = answer.getInt(TARGET_COUNT_AT); left > 0; left--) {
      String type = text(answer, at + TYPE_AT, SPEC_BYTES - TYPE_AT);
      int next = start + answer.getInt(at + NEXT_AT);
      if (type.equals(DmTarget.CRYPT)) {
        eraseWord(answer, at + SPEC_BYTES, DmTarget.CRYPT_KEY);
      }
      targets.add(
          new DmTarget(
              new ByteRange(
                  Math.multiplyExact(answer.getLong(at), ChunkSize.SECTOR_BYTES),
                  Math.multiplyExact(answer.getLong(at + LENGTH_AT), ChunkSize.SECTOR_BYTES)),
              type,
              text(answer, at + SPEC_BYTES, next - at - SPEC_BYTES)));
      at = next;
    }
    return new Table(answer.getInt(OPEN_COUNT_AT), List.copyOf(targets));
  }

  /** A key must not become a string, which would stay in memory. */
  private static void eraseWord(ByteBuffer answer, int at, int word) {
    int spaces = 0;
    for (int i = at; i < answer.limit() && answer.get(i) != 0 && spaces <= word; i++) {
      if (answer.get(i) == ' ') {
        spaces++;
      } else if (spaces == word) {
        answer.put(i, (byte) '-');
      }
    }
  }

  private static String text(ByteBuffer answer, int at, int most) {
    byte[] bytes = new byte[Math.max(0, Math.min(most, answer.limit() - at))];
    answer.get(at, bytes);
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.indexOf(0);
    return end < 0 ? text : text.substring(0, end);
  }
}

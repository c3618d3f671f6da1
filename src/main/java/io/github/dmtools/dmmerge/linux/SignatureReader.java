package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.device.DeviceContent;
import io.github.dmtools.dmmerge.device.DeviceContent.Usage;
import io.github.dmtools.dmmerge.device.Identification;
import io.github.dmtools.dmmerge.problem.Printable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds signatures on an open device with libblkid.
 *
 * <p>libblkid gets the descriptor of an empty memory file of the same size, which dup3 then
 * replaces by the device's. So it handles the device as a regular file and reads only its bytes.
 * For a block device it would look up the number in {@code /sys}, open the whole disk of a
 * partition by name, turn off read-ahead on the descriptor, and report nothing for a private
 * device-mapper device, such as {@code vg-lv-real} (probe.c and sysfs.c of util-linux).
 */
final class SignatureReader {
  /** The longest text in bytes of UTF-8. libblkid truncates longer labels itself. */
  private static final int MAX_BYTES = 256;

  private static final int MAX_SIGNATURES = 16;

  private static final byte[] PLACEHOLDER = {'d', 'm', '-', 'm', 'e', 'r', 'g', 'e', 0};

  private final LibC libC;
  private final LibBlkid blkid;

  SignatureReader(LibC libC, LibBlkid blkid) {
    this.libC = libC;
    this.blkid = blkid;
  }

  /**
   * Identifies the content of a device.
   *
   * @param fd open for reading; its file offset changes
   * @param sectorBytes logical sector size, the unit of a partition table
   */
  Identification identify(int fd, long bytes, int sectorBytes) {
    if (bytes == 0) {
      return Identification.of(null);
    }
    int placeholder = blkid.memfd_create(PLACEHOLDER, LibBlkid.MFD_CLOEXEC);
    if (placeholder < 0) {
      return failedCall("memfd_create");
    }
    try {
      if (libC.ftruncate(placeholder, bytes) != 0) {
        return failedCall("ftruncate");
      }
      long probe = blkid.blkid_new_probe();
      if (probe == 0) {
        return failed("blkid_new_probe");
      }
      try {
        boolean ready =
            blkid.blkid_probe_set_device(probe, placeholder, 0, bytes) == 0
                && blkid.blkid_probe_set_sectorsize(probe, sectorBytes) == 0
                && blkid.blkid_probe_enable_partitions(probe, 1) == 0
                && blkid.blkid_probe_set_superblocks_flags(probe, LibBlkid.SUBLKS_WANTED) == 0
                && blkid.dup3(fd, placeholder, LibC.O_CLOEXEC) == placeholder;
        return ready ? probe(probe) : failed("blkid_probe_set_device");
      } finally {
        blkid.blkid_free_probe(probe);
      }
    } finally {
      libC.close(placeholder);
    }
  }

  private Identification failedCall(String call) {
    return Identification.unavailable(call + ": " + libC.strerror(libC.errno()));
  }

  private static Identification failed(String call) {
    return Identification.unavailable(call + " failed");
  }

  private Identification probe(long probe) {
    return switch (blkid.blkid_do_safeprobe(probe)) {
      case LibBlkid.FOUND -> Identification.of(content(probe));
      case LibBlkid.NOTHING -> Identification.of(null);
      case LibBlkid.AMBIVALENT -> Identification.ambiguous(allTypes(probe));
      default -> failed("blkid_do_safeprobe");
    };
  }

  private DeviceContent content(long probe) {
    String partitionTable = value(probe, "PTTYPE");
    String type = value(probe, "TYPE");
    return type == null
        ? new DeviceContent(
            partitionTable,
            Usage.PARTITION_TABLE,
            null,
            null,
            value(probe, "PTUUID"),
            partitionTable)
        : new DeviceContent(
            type,
            usage(value(probe, "USAGE")),
            value(probe, "VERSION"),
            value(probe, "LABEL"),
            value(probe, "UUID"),
            partitionTable);
  }

  private static Usage usage(@Nullable String name) {
    return switch (name == null ? "" : name) {
      case "filesystem" -> Usage.FILESYSTEM;
      case "raid" -> Usage.RAID;
      case "crypto" -> Usage.CRYPTO;
      default -> Usage.OTHER;
    };
  }

  private List<String> allTypes(long probe) {
    List<String> types = new ArrayList<>();
    blkid.blkid_reset_probe(probe);
    for (int i = 0; i < MAX_SIGNATURES && blkid.blkid_do_probe(probe) == LibBlkid.FOUND; i++) {
      String superblock = value(probe, "TYPE");
      String type = superblock == null ? value(probe, "PTTYPE") : superblock;
      if (type != null && !types.contains(type)) {
        types.add(type);
      }
    }
    return types;
  }

  private @Nullable String value(long probe, String name) {
    byte[] bytes = blkid.lookupValue(probe, name, MAX_BYTES);
    return bytes == null ? null : text(bytes);
  }

  /** Text up to the first zero, with U+FFFD for unprintable characters. Null if it is empty. */
  static @Nullable String text(byte[] bytes) {
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    String decoded = new String(bytes, 0, length, StandardCharsets.UTF_8);
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < decoded.length(); i += Character.charCount(decoded.codePointAt(i))) {
      int codePoint = decoded.codePointAt(i);
      text.appendCodePoint(isPrintable(codePoint) ? codePoint : 0xfffd);
    }
    return text.isEmpty() ? null : text.toString();
  }

  private static boolean isPrintable(int codePoint) {
    return Printable.isPrintable(codePoint) && Character.getType(codePoint) != Character.UNASSIGNED;
  }
}

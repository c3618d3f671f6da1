package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A disk image format with metadata of its own. libblkid knows none of these. A format is
 * recognised only by its complete magic number and a known version, so that no raw disk is mistaken
 * for an image.
 *
 * @param type the format's name in qemu-img
 * @param version null if the header has none
 * @param payloadFirst true if the image starts with the raw disk, followed by the metadata
 */
record ImageFormat(String type, @Nullable String version, boolean payloadFirst) {
  /** Bytes read at the start and at the end of a device. */
  private static final int SECTOR = 512;

  /**
   * Recognises the format of an image; null if there is none.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.read}
   */
  static @Nullable ImageFormat of(BlockDevice device) {
    ByteBuffer head = read(device, 0);
    ImageFormat format = byHead(head);
    return format == null && device.sizeBytes() >= SECTOR
        ? byTail(read(device, device.sizeBytes() - SECTOR))
        : format;
  }

  /** Reads a sector, zero-filled past the end of the device, as for a short VMDK descriptor. */
  private static ByteBuffer read(BlockDevice device, long offset) {
    ByteBuffer sector = AlignedBuffers.allocate(SECTOR);
    sector.limit((int) Math.min(SECTOR, device.sizeBytes()));
    device.read(sector, offset);
    return sector.clear();
  }

  private static @Nullable ImageFormat byHead(ByteBuffer head) {
    if (startsWith(head, "QFI\u00fb")) {
      return qcow(head);
    }
    if (startsWith(head, "QED\0")) {
      return qed(head);
    }
    if (startsWith(head, "KDMV") || startsWith(head, "COWD")) {
      return vmdkExtent(head);
    }
    if (startsWith(head, "\u00be\u00ba\u00fe\u00ca\0\0\0\0\1\0\0\0\2\0\0\0")) {
      return new ImageFormat("vmdk", "2.1", false); // seSparse: magic and version
    }
    if (startsWith(head, "# Disk DescriptorFile")) {
      return vmdkDescriptor(head);
    }
    if (startsWith(head, "vhdxfile")) {
      return new ImageFormat("vhdx", null, false); // MS-VHDX 2.2.1: the identifier has no version
    }
    if (startsWith(head, "WithoutFreeSpace") || startsWith(head, "WithouFreSpacExt")) {
      return parallels(head);
    }
    if (startsWith(head, "Bochs Virtual HD Image\0")) {
      return bochs(head);
    }
    return startsWith(head, "conectix") ? vhd(head, false) : vdi(head);
  }

  private static @Nullable ImageFormat byTail(ByteBuffer tail) {
    return startsWith(tail, "conectix") ? vhd(tail, true) : dmg(tail);
  }

  /** QEMU, docs/interop/qcow2.rst and block/qcow.c. */
  private static @Nullable ImageFormat qcow(ByteBuffer head) {
    int version = bigEndian(head, 4);
    return versioned(version == 1 ? "qcow" : "qcow2", version, 1, 3);
  }

  /** QEMU, docs/specs/qed_spec.rst: checks cluster size and table size, as there is no version. */
  private static @Nullable ImageFormat qed(ByteBuffer head) {
    int clusterBytes = littleEndian(head, 4);
    int tableClusters = littleEndian(head, 8);
    boolean plausible =
        Integer.bitCount(clusterBytes) == 1
            && clusterBytes >= 1 << 12
            && clusterBytes <= 1 << 26
            && tableClusters >= 1
            && tableClusters <= 16;
    return plausible ? new ImageFormat("qed", null, false) : null;
  }

  /** QEMU, block/vmdk.c, and VMware's Virtual Disk Format 5.0. */
  private static @Nullable ImageFormat vmdkExtent(ByteBuffer head) {
    return versioned("vmdk", littleEndian(head, 4), 1, 3);
  }

  /** A text that lists the files of an image. */
  private static @Nullable ImageFormat vmdkDescriptor(ByteBuffer head) {
    String text = StandardCharsets.ISO_8859_1.decode(head.duplicate()).toString();
    String key = "\nversion=";
    int at = text.indexOf(key);
    int version = at < 0 || at + key.length() == SECTOR ? 0 : text.charAt(at + key.length()) - '0';
    return versioned("vmdk", version, 1, 3);
  }

  /** QEMU, block/vdi.c; VirtualBox writes version 1.1; older ones wrote 0.1. */
  private static @Nullable ImageFormat vdi(ByteBuffer head) {
    int version = littleEndian(head, 0x44);
    if (littleEndian(head, 0x40) != 0xbeda107f || (version != 0x10001 && version != 1)) {
      return null;
    }
    return new ImageFormat("vdi", version == 1 ? "0.1" : "1.1", false);
  }

  /** QEMU, docs/interop/parallels.rst. */
  private static @Nullable ImageFormat parallels(ByteBuffer head) {
    return versioned("parallels", littleEndian(head, 16), 2, 2);
  }

  /** QEMU, block/bochs.c: the version is in the upper half. */
  private static @Nullable ImageFormat bochs(ByteBuffer head) {
    int version = littleEndian(head, 64);
    return (version & 0xffff) == 0 ? versioned("bochs", version >>> 16, 1, 2) : null;
  }

  /**
   * Virtual Hard Disk Image Format Specification 1.0: the footer is at the end. Dynamic and
   * differencing images (types 3 and 4) have a copy at the start, fixed ones (type 2) do not.
   */
  private static @Nullable ImageFormat vhd(ByteBuffer footer, boolean atTheEnd) {
    int type = bigEndian(footer, 0x3c);
    return bigEndian(footer, 0x0c) == 0x10000 && type >= 2 && type <= 4
        ? new ImageFormat("vpc", "1.0", atTheEnd && type == 2)
        : null;
  }

  /** QEMU, block/dmg.c: the trailer of a UDIF image has its version and its own length. */
  private static @Nullable ImageFormat dmg(ByteBuffer tail) {
    return startsWith(tail, "koly") && bigEndian(tail, 8) == SECTOR
        ? versioned("dmg", bigEndian(tail, 4), 4, 4)
        : null;
  }

  private static @Nullable ImageFormat versioned(String type, int version, int first, int last) {
    return version < first || version > last
        ? null
        : new ImageFormat(type, Integer.toString(version), false);
  }

  /**
   * Compares the first bytes.
   *
   * @param magic one character a byte
   */
  private static boolean startsWith(ByteBuffer bytes, String magic) {
    for (int i = 0; i < magic.length(); i++) {
      if ((bytes.get(i) & 0xff) != magic.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static int bigEndian(ByteBuffer bytes, int offset) {
    return bytes.duplicate().order(ByteOrder.BIG_ENDIAN).getInt(offset);
  }

  private static int littleEndian(ByteBuffer bytes, int offset) {
    return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
  }
}

package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A disk image in a format of its own: a header and tables, and the disk's bytes somewhere between
 * them. libblkid knows none of these. Each is recognised by its whole magic number and by a version
 * that exists, so that no raw disk is mistaken for one.
 *
 * @param type the name that qemu-img gives it
 * @param payloadFirst the disk's bytes come first and as they are, and only what follows them is
 *     the format's own
 */
record ImageFormat(String type, String version, boolean payloadFirst) {
  /** All headers end before this; the trailers have exactly this length. In bytes. */
  private static final int SECTOR = 512;

  /**
   * The format of an image.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.read}
   */
  static Optional<ImageFormat> of(BlockDevice device) {
    if (device.sizeBytes() < SECTOR) {
      // A VMDK descriptor can be that short; everything else is longer.
      return vmdkDescriptor(read(device, 0, (int) device.sizeBytes()));
    }
    ByteBuffer head = read(device, 0, SECTOR);
    return qcow(head)
        .or(() -> qed(head))
        .or(() -> vmdk(head))
        .or(() -> vdi(head))
        .or(() -> vhdx(head))
        .or(() -> parallels(head))
        .or(() -> bochs(head))
        .or(() -> vhd(head, false))
        .or(() -> trailer(read(device, device.sizeBytes() - SECTOR, SECTOR)));
  }

  private static ByteBuffer read(BlockDevice device, long offset, int bytes) {
    ByteBuffer buffer = AlignedBuffers.allocate(SECTOR).limit(bytes);
    device.read(buffer, offset);
    return buffer.flip();
  }

  /** QEMU, docs/interop/qcow2.rst and block/qcow.c. */
  private static Optional<ImageFormat> qcow(ByteBuffer head) {
    int version = bigEndian(head, 4);
    return startsWith(head, 0, "QFI\u00fb") && version >= 1 && version <= 3
        ? found(version == 1 ? "qcow" : "qcow2", version)
        : Optional.empty();
  }

  /** QEMU, docs/specs/qed_spec.rst: cluster size and table size stand for the missing version. */
  private static Optional<ImageFormat> qed(ByteBuffer head) {
    int clusterBytes = littleEndian(head, 4);
    int tableClusters = littleEndian(head, 8);
    boolean plausible =
        Integer.bitCount(clusterBytes) == 1
            && clusterBytes >= 1 << 12
            && clusterBytes <= 1 << 26
            && tableClusters >= 1
            && tableClusters <= 16;
    return startsWith(head, 0, "QED\0") && plausible ? found("qed", 1) : Optional.empty();
  }

  /** QEMU, block/vmdk.c, and the Virtual Disk Format 5.0 of VMware. */
  private static Optional<ImageFormat> vmdk(ByteBuffer head) {
    int version = littleEndian(head, 4);
    boolean sparse = startsWith(head, 0, "KDMV") || startsWith(head, 0, "COWD");
    boolean seSparse = startsWith(head, 0, "\u00be\u00ba\u00fe\u00ca\0\0\0\0\1\0\0\0\2\0\0\0");
    if (seSparse || (sparse && version >= 1 && version <= 3)) {
      return found("vmdk", seSparse ? 2 : version);
    }
    return vmdkDescriptor(head);
  }

  /** The text that names the files of an image's extents. */
  private static Optional<ImageFormat> vmdkDescriptor(ByteBuffer head) {
    String text = StandardCharsets.ISO_8859_1.decode(head.duplicate()).toString();
    if (text.startsWith("# Disk DescriptorFile")) {
      for (int version = 1; version <= 3; version++) {
        if (text.contains("\nversion=" + version)) {
          return found("vmdk", version);
        }
      }
    }
    return Optional.empty();
  }

  /** QEMU, block/vdi.c; VirtualBox writes 1.1, and wrote 0.1 before. */
  private static Optional<ImageFormat> vdi(ByteBuffer head) {
    int version = littleEndian(head, 0x44);
    boolean known = version == 0x00010001 || version == 0x00000001;
    return littleEndian(head, 0x40) == 0xbeda107f && known
        ? Optional.of(new ImageFormat("vdi", (version >>> 16) + "." + (version & 0xffff), false))
        : Optional.empty();
  }

  /** MS-VHDX 2.2.1: the file identifier has no version. */
  private static Optional<ImageFormat> vhdx(ByteBuffer head) {
    return startsWith(head, 0, "vhdxfile") ? found("vhdx", 1) : Optional.empty();
  }

  /** QEMU, docs/interop/parallels.txt. */
  private static Optional<ImageFormat> parallels(ByteBuffer head) {
    boolean magic =
        startsWith(head, 0, "WithoutFreeSpace") || startsWith(head, 0, "WithouFreSpacExt");
    return magic && littleEndian(head, 16) == 2 ? found("parallels", 2) : Optional.empty();
  }

  /** QEMU, block/bochs.c: 1 and 2 in the upper half. */
  private static Optional<ImageFormat> bochs(ByteBuffer head) {
    int version = littleEndian(head, 64);
    return startsWith(head, 0, "Bochs Virtual HD Image\0")
            && (version == 0x10000 || version == 0x20000)
        ? found("bochs", version >>> 16)
        : Optional.empty();
  }

  private static Optional<ImageFormat> trailer(ByteBuffer tail) {
    return vhd(tail, true).or(() -> dmg(tail));
  }

  /**
   * Virtual Hard Disk Image Format Specification 1.0: the footer is at the end, and a dynamic or
   * differencing image (types 3 and 4) has a copy of it at the start.
   */
  private static Optional<ImageFormat> vhd(ByteBuffer footer, boolean atTheEnd) {
    boolean known = startsWith(footer, 0, "conectix") && bigEndian(footer, 0x0c) == 0x00010000;
    int type = bigEndian(footer, 0x3c);
    if (!known || type < 2 || type > 4) {
      return Optional.empty();
    }
    return Optional.of(new ImageFormat("vpc", "1.0", atTheEnd && type == 2));
  }

  /** QEMU, block/dmg.c: the trailer of a UDIF image, version 4, 512 bytes. */
  private static Optional<ImageFormat> dmg(ByteBuffer tail) {
    return startsWith(tail, 0, "koly") && bigEndian(tail, 4) == 4 && bigEndian(tail, 8) == SECTOR
        ? found("dmg", 4)
        : Optional.empty();
  }

  private static Optional<ImageFormat> found(String type, int version) {
    return Optional.of(new ImageFormat(type, Integer.toString(version), false));
  }

  private static boolean startsWith(ByteBuffer bytes, int offset, String magic) {
    ByteBuffer expected = StandardCharsets.ISO_8859_1.encode(magic);
    return bytes.slice(offset, expected.remaining()).equals(expected);
  }

  private static int bigEndian(ByteBuffer bytes, int offset) {
    return bytes.duplicate().order(ByteOrder.BIG_ENDIAN).getInt(offset);
  }

  private static int littleEndian(ByteBuffer bytes, int offset) {
    return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
  }
}

package io.github.dmtools.dmmerge.endtoend;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes superblocks byte by byte, since the programs that create them need block devices. */
final class Signatures {
  private static final int SECTOR = 512;

  private static final byte[] MAGIC_OF_BCACHE = {
    (byte) 0xc6,
    (byte) 0x85,
    0x73,
    (byte) 0xf6,
    0x4e,
    0x1a,
    0x45,
    (byte) 0xca,
    (byte) 0x82,
    0x65,
    (byte) 0xf5,
    0x7f,
    0x48,
    (byte) 0xba,
    0x6d,
    (byte) 0x81
  };

  private Signatures() {}

  /** lib/format_text/layout.h and lib/label/label.h of LVM2. */
  static void lvm(Path file) throws IOException {
    ByteBuffer label = ByteBuffer.allocate(SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    label.put(ascii("LABELONE")).putLong(1).putInt(0).putInt(32).put(ascii("LVM2 001"));
    label.put(ascii("0123456789abcdefghijABCDEFGHIJ01"));
    int crc = 0xf597a6cf;
    for (int i = 20; i < SECTOR; i++) {
      crc ^= label.get(i) & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc >>> 1) ^ ((crc & 1) == 0 ? 0 : 0xedb88320);
      }
    }
    write(file, SECTOR, label.putInt(16, crc));
  }

  /** struct mdp_superblock_1, linux/raid/md_p.h; version 1.2. */
  static void md(Path file) throws IOException {
    ByteBuffer superblock = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    superblock.putInt(0, 0xa92b4efc).putInt(4, 1).putLong(16, 0x1122334455667788L);
    superblock.put(32, ascii("host:array")).putInt(72, 1).putInt(92, 1);
    superblock.putLong(80, 8192).putLong(128, 2048).putLong(136, 8192).putLong(144, 8);
    long sum = 0;
    for (int i = 0; i < 256; i += 4) {
      sum += superblock.getInt(i) & 0xffffffffL;
    }
    superblock.putInt(216, (int) (sum + (sum >>> 32)));
    write(file, 4096, superblock);
  }

  /** LUKS1 On-Disk Format Specification 1.2.3. */
  static void luks(Path file) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(SECTOR).put(ascii("LUKS")).putShort((short) 0xbabe);
    header.putShort((short) 1).put(168, ascii("11111111-2222-3333-4444-555555555555"));
    write(file, 0, header);
  }

  /** struct cache_sb, drivers/md/bcache/bcache_ondisk.h; the sum is the kernel's crc64. */
  static void bcache(Path file) throws IOException {
    ByteBuffer superblock = ByteBuffer.allocate(208).order(ByteOrder.LITTLE_ENDIAN);
    superblock.putLong(8, 8).putLong(16, 1).put(24, MAGIC_OF_BCACHE).put(40, MAGIC_OF_BCACHE);
    long crc = -1;
    for (int i = 8; i < superblock.capacity(); i++) {
      crc ^= (long) superblock.get(i) << 56;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc << 1) ^ (crc < 0 ? 0x42f0e1eba9ea3693L : 0);
      }
    }
    write(file, 4096, superblock.putLong(0, ~crc));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  static void write(Path file, long offset, ByteBuffer bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(bytes.clear(), offset);
    }
  }
}

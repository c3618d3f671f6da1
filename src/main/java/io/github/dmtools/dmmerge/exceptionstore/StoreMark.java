package io.github.dmtools.dmmerge.exceptionstore;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.OwnFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What an undo store says of itself, behind the kernel's header in the first sector of chunk 0. The
 * kernel reads no more of that chunk than the header ({@code read_header} in {@code
 * dm-snap-persistent.c}), and writes it only when it makes a store new or invalid.
 *
 * @param originBytes size of the origin whose chunks it holds
 * @param nameSha256 of the origin's name, 64 hexadecimal digits
 * @param nameLasting the name names the same device after a reboot
 * @param complete the run that made it ended with everything written
 */
public record StoreMark(
    long originBytes, String nameSha256, boolean nameLasting, boolean complete) {
  /** Byte offset in the store. It ends inside the same sector, so that no write tears it. */
  static final int OFFSET = OwnFile.MARK_OFFSET;

  /** Magic, origin's size, flags, 4 zero bytes, digest of the name, digest of all before it. */
  static final int BYTES = 96;

  private static final byte[] MAGIC = OwnFile.MARK.getBytes(StandardCharsets.US_ASCII);
  private static final int ORIGIN_BYTES_AT = 16;
  private static final int FLAGS_AT = 24;
  private static final int NAME_AT = 32;
  private static final int SUM_AT = 64;
  private static final int COMPLETE = 1;
  private static final int NAME_LASTING = 2;

  /** The mark of an undo store that is not complete yet. */
  public static StoreMark of(long originBytes, String name, boolean nameLasting) {
    byte[] digest = sha256(name.getBytes(StandardCharsets.UTF_8));
    return new StoreMark(originBytes, HexFormat.of().formatHex(digest), nameLasting, false);
  }

  /**
   * The mark of a store; empty if it has none, or one that is damaged.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.read}
   */
  public static Optional<StoreMark> read(BlockDevice store) {
    if (store.sizeBytes() < ChunkSize.SECTOR_BYTES) {
      return Optional.empty();
    }
    ByteBuffer sector = AlignedBuffers.allocate(ChunkSize.SECTOR_BYTES);
    store.read(sector, 0);
    byte[] mark = new byte[BYTES];
    sector.get(OFFSET, mark);
    return decode(mark);
  }

  private static Optional<StoreMark> decode(byte[] mark) {
    byte[] sum = Arrays.copyOfRange(mark, SUM_AT, BYTES);
    if (!Arrays.equals(mark, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
        || !Arrays.equals(sum, sha256(Arrays.copyOf(mark, SUM_AT)))) {
      return Optional.empty();
    }
    ByteBuffer fields = ByteBuffer.wrap(mark).order(ByteOrder.LITTLE_ENDIAN);
    int flags = fields.getInt(FLAGS_AT);
    return Optional.of(
        new StoreMark(
            fields.getLong(ORIGIN_BYTES_AT),
            HexFormat.of().formatHex(mark, NAME_AT, SUM_AT),
            (flags & NAME_LASTING) != 0,
            (flags & COMPLETE) != 0));
  }

  /** Puts the mark at its place in {@code sector}, the first one of a store. */
  void encode(ByteBuffer sector) {
    byte[] mark = new byte[BYTES];
    ByteBuffer fields = ByteBuffer.wrap(mark).order(ByteOrder.LITTLE_ENDIAN);
    int flags = (complete ? COMPLETE : 0) | (nameLasting ? NAME_LASTING : 0);
    fields.put(MAGIC).putLong(originBytes).putInt(flags).putInt(0);
    fields.put(HexFormat.of().parseHex(nameSha256));
    fields.put(sha256(Arrays.copyOf(mark, SUM_AT)));
    sector.put(OFFSET, mark);
  }

  StoreMark asComplete() {
    return new StoreMark(originBytes, nameSha256, nameLasting, true);
  }

  /** Whether it was made for the origin that {@code other} describes, by the very same name. */
  public boolean isSameOrigin(StoreMark other) {
    return originBytes == other.originBytes && nameSha256.equals(other.nameSha256);
  }

  /**
   * Whether it cannot have been made for the origin that {@code other} describes: names speak
   * against it only where both last.
   */
  public boolean isOtherOrigin(StoreMark other) {
    boolean named = nameLasting && other.nameLasting;
    return originBytes != other.originBytes || (named && !nameSha256.equals(other.nameSha256));
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}

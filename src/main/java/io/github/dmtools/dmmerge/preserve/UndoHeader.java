package io.github.dmtools.dmmerge.preserve;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.PreallocatedFile;
import io.github.dmtools.dmmerge.digest.Sha256;
import io.github.dmtools.dmmerge.exceptionstore.TableDigest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The header of an undo store. It follows the kernel's header in the first sector of chunk 0. The
 * kernel reads only its own header from that chunk ({@code read_header} in {@code
 * dm-snap-persistent.c}), and writes the chunk only to initialize or invalidate a store.
 *
 * <p>All integers are little-endian. Offsets are from {@link #OFFSET}:
 *
 * <table>
 * <caption>The header</caption>
 * <tr><th>at</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>16</td><td>magic, {@link PreallocatedFile#MARK}</td></tr>
 * <tr><td>16</td><td>8</td><td>size of the origin in bytes</td></tr>
 * <tr><td>24</td><td>4</td><td>flags: 1 complete, 2 persistent name</td></tr>
 * <tr><td>28</td><td>4</td><td>version of the header: 0 or 2</td></tr>
 * <tr><td>32</td><td>32</td><td>SHA-256 of the origin's name</td></tr>
 * <tr><td>64</td><td>32</td><td>version 0: SHA-256 of the preceding 64 bytes, the end of the header</td></tr>
 * <tr><td>64</td><td>32</td><td>{@link TableDigest} of the store that was being merged</td></tr>
 * <tr><td>96</td><td>32</td><td>its plan_sha256, zero if unknown</td></tr>
 * <tr><td>128</td><td>16</td><td>id of the run that created the undo store</td></tr>
 * <tr><td>144</td><td>16</td><td>id of the boot in which it was created, zero if unknown</td></tr>
 * <tr><td>160</td><td>32</td><td>SHA-256 of the preceding 160 bytes</td></tr>
 * </table>
 *
 * @param originBytes size of the origin in bytes
 * @param nameSha256 SHA-256 of the origin's name, 64 hexadecimal digits
 * @param nameLasting true if the name identifies the device after a reboot
 * @param complete true if its job has written everything
 * @param run the run that created it; null in version 0, whose stores have no sums
 */
public record UndoHeader(
    long originBytes,
    String nameSha256,
    boolean nameLasting,
    boolean complete,
    @Nullable UndoRun run) {
  /** Byte offset in the store. The header ends in the same sector, so no write tears it. */
  static final int OFFSET = PreallocatedFile.MARK_OFFSET;

  /** Length of a version 2 header in bytes. */
  static final int BYTES = 192;

  private static final int OLD_BYTES = 96;
  private static final int SUM_BYTES = 32;
  private static final int VERSION = 2;
  private static final byte[] MAGIC = PreallocatedFile.MARK.getBytes(StandardCharsets.US_ASCII);
  private static final int ORIGIN_BYTES_AT = 16;
  private static final int FLAGS_AT = 24;
  private static final int VERSION_AT = 28;
  private static final int NAME_AT = 32;
  private static final int RUN_AT = 64;
  private static final int COMPLETE = 1;
  private static final int NAME_LASTING = 2;

  /** The header of a new undo store. */
  public static UndoHeader of(long originBytes, String name, boolean nameLasting, UndoRun run) {
    return new UndoHeader(originBytes, digestOf(name), nameLasting, false, run);
  }

  /** The SHA-256 of a name in hexadecimal. */
  public static String digestOf(String name) {
    byte[] digest = Sha256.create().digest(name.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest);
  }

  /**
   * Reads a store's header. Returns empty if it has none or a damaged one.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.read}
   */
  public static Optional<UndoHeader> read(BlockDevice store) {
    byte[] header = readBytes(store);
    return hasMagic(header) ? decode(header) : Optional.empty();
  }

  /**
   * True if a store has a header, even a damaged one or one of a later version.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.read}
   */
  public static boolean isPresent(BlockDevice store) {
    byte[] header = readBytes(store);
    if (hasMagic(header)) {
      return true;
    }
    // If only the magic is damaged, the digest is correct with the right one.
    System.arraycopy(MAGIC, 0, header, 0, MAGIC.length);
    return decode(header).isPresent();
  }

  private static byte[] readBytes(BlockDevice store) {
    byte[] header = new byte[BYTES];
    if (store.sizeBytes() >= ChunkSize.SECTOR_BYTES) {
      ByteBuffer sector = AlignedBuffers.allocate(ChunkSize.SECTOR_BYTES);
      store.read(sector, 0);
      sector.get(OFFSET, header);
    }
    return header;
  }

  private static boolean hasMagic(byte[] header) {
    return Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  private static Optional<UndoHeader> decode(byte[] header) {
    ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    int version = fields.getInt(VERSION_AT);
    int sumAt = (version == 0 ? OLD_BYTES : BYTES) - SUM_BYTES;
    if ((version != 0 && version != VERSION)
        || !Arrays.equals(
            digest(header, sumAt), Arrays.copyOfRange(header, sumAt, sumAt + SUM_BYTES))) {
      return Optional.empty();
    }
    int flags = fields.getInt(FLAGS_AT);
    return Optional.of(
        new UndoHeader(
            fields.getLong(ORIGIN_BYTES_AT),
            HexFormat.of().formatHex(header, NAME_AT, NAME_AT + SUM_BYTES),
            (flags & NAME_LASTING) != 0,
            (flags & COMPLETE) != 0,
            version == 0 ? null : UndoRun.decode(fields.position(RUN_AT))));
  }

  /** Writes the header into {@code sector}, the first one of a store. */
  void encode(ByteBuffer sector) {
    byte[] header = new byte[BYTES];
    ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    int flags = (complete ? COMPLETE : 0) | (nameLasting ? NAME_LASTING : 0);
    fields.put(MAGIC).putLong(originBytes).putInt(flags).putInt(run == null ? 0 : VERSION);
    fields.put(HexFormat.of().parseHex(nameSha256));
    if (run != null) {
      run.encode(fields);
    }
    int length = fields.position() + SUM_BYTES;
    fields.put(digest(header, fields.position()));
    sector.put(OFFSET, header, 0, length);
  }

  private static byte[] digest(byte[] header, int length) {
    return Sha256.create().digest(Arrays.copyOf(header, length));
  }

  UndoHeader asComplete() {
    return new UndoHeader(originBytes, nameSha256, nameLasting, true, run);
  }
}

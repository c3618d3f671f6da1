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
 * What an undo store records about itself, after the kernel's header in the first sector of chunk
 * 0. The kernel reads no more of that chunk than the header ({@code read_header} in {@code
 * dm-snap-persistent.c}), and writes it only when it makes a store new or invalid.
 *
 * <p>All integers are little-endian. Offsets are from {@link #OFFSET}:
 *
 * <table>
 * <caption>The header</caption>
 * <tr><th>at</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>16</td><td>magic, {@link PreallocatedFile#MARK}</td></tr>
 * <tr><td>16</td><td>8</td><td>size of the origin</td></tr>
 * <tr><td>24</td><td>4</td><td>flags: 1 complete, 2 the name lasts</td></tr>
 * <tr><td>28</td><td>4</td><td>version of the header: 0 or 2</td></tr>
 * <tr><td>32</td><td>32</td><td>SHA-256 of the origin's name</td></tr>
 * <tr><td>64</td><td>32</td><td>version 0: SHA-256 of the 64 bytes before; it ends here</td></tr>
 * <tr><td>64</td><td>32</td><td>{@link TableDigest} of the store that was being merged</td></tr>
 * <tr><td>96</td><td>32</td><td>its plan_sha256, zero if it was not known</td></tr>
 * <tr><td>128</td><td>16</td><td>id of the run that made the undo store</td></tr>
 * <tr><td>144</td><td>16</td><td>id of the boot in which it was made, zero if not known</td></tr>
 * <tr><td>160</td><td>32</td><td>SHA-256 of the 160 bytes before</td></tr>
 * </table>
 *
 * @param originBytes size of the origin whose chunks it holds
 * @param nameSha256 of the origin's name, 64 hexadecimal digits
 * @param nameLasting the name names the same device after a reboot
 * @param complete the run that made it ended with everything written
 * @param run what made it; null in a header of version 0, whose store has no sums of what was
 *     written
 */
public record UndoHeader(
    long originBytes,
    String nameSha256,
    boolean nameLasting,
    boolean complete,
    @Nullable UndoRun run) {
  /** Byte offset in the store. It ends inside the same sector, so that no write tears it. */
  static final int OFFSET = PreallocatedFile.MARK_OFFSET;

  /** Length of a header of version 2. */
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

  /** The header of an undo store that is not complete yet. */
  public static UndoHeader of(long originBytes, String name, boolean nameLasting, UndoRun run) {
    return new UndoHeader(originBytes, digestOf(name), nameLasting, false, run);
  }

  /** What a header keeps of a name, in hexadecimal. */
  public static String digestOf(String name) {
    byte[] digest = Sha256.create().digest(name.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest);
  }

  /**
   * The header of a store; empty if it has none, or one that is damaged.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.read}
   */
  public static Optional<UndoHeader> read(BlockDevice store) {
    byte[] header = bytes(store);
    return isMark(header) ? decode(header) : Optional.empty();
  }

  /**
   * Whether a store has a header, be it one that is damaged or of a later version.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.read}
   */
  public static boolean isIn(BlockDevice store) {
    byte[] header = bytes(store);
    if (isMark(header)) {
      return true;
    }
    // The magic alone may be damaged: then the digest, which covers it, is right with the right
    // one.
    System.arraycopy(MAGIC, 0, header, 0, MAGIC.length);
    return decode(header).isPresent();
  }

  private static byte[] bytes(BlockDevice store) {
    byte[] header = new byte[BYTES];
    if (store.sizeBytes() >= ChunkSize.SECTOR_BYTES) {
      ByteBuffer sector = AlignedBuffers.allocate(ChunkSize.SECTOR_BYTES);
      store.read(sector, 0);
      sector.get(OFFSET, header);
    }
    return header;
  }

  private static boolean isMark(byte[] header) {
    return Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  private static Optional<UndoHeader> decode(byte[] header) {
    ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    int version = fields.getInt(VERSION_AT);
    int sumAt = (version == 0 ? OLD_BYTES : BYTES) - SUM_BYTES;
    if ((version != 0 && version != VERSION)
        || !Arrays.equals(
            sum(header, sumAt), Arrays.copyOfRange(header, sumAt, sumAt + SUM_BYTES))) {
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

  /** Puts the header at its place in {@code sector}, the first one of a store. */
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
    fields.put(sum(header, fields.position()));
    sector.put(OFFSET, header, 0, length);
  }

  private static byte[] sum(byte[] header, int length) {
    return Sha256.create().digest(Arrays.copyOf(header, length));
  }

  UndoHeader asComplete() {
    return new UndoHeader(originBytes, nameSha256, nameLasting, true, run);
  }
}

package io.github.dmtools.dmmerge.preserve;

import io.github.dmtools.dmmerge.exceptionstore.TableDigest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The run that created an undo store, and its job.
 *
 * @param tableSha256 {@link TableDigest} of the store that was being merged, in hexadecimal
 * @param planSha256 digest of the plan that was applied; null if unknown
 * @param boot id of the boot in which it ran; null if unknown
 */
public record UndoRun(
    String tableSha256, @Nullable String planSha256, UUID id, @Nullable UUID boot) {
  private static final int DIGEST_BYTES = 32;
  private static final String NO_DIGEST = "0".repeat(2 * DIGEST_BYTES);
  private static final UUID NONE = new UUID(0, 0);

  /** True if both runs belong to one job: the same table, and the same plan if both are known. */
  public boolean isSameJob(UndoRun other) {
    boolean samePlan =
        planSha256 == null || other.planSha256 == null || planSha256.equals(other.planSha256);
    return samePlan && tableSha256.equals(other.tableSha256);
  }

  /** Reads a run from the buffer's position. */
  static UndoRun decode(ByteBuffer fields) {
    String table = digest(fields);
    String plan = digest(fields);
    UUID id = uuid(fields);
    UUID boot = uuid(fields);
    return new UndoRun(
        table, plan.equals(NO_DIGEST) ? null : plan, id, boot.equals(NONE) ? null : boot);
  }

  private static String digest(ByteBuffer fields) {
    byte[] digest = new byte[DIGEST_BYTES];
    fields.get(digest);
    return HexFormat.of().formatHex(digest);
  }

  /** UUIDs are big-endian (RFC 4122). */
  private static UUID uuid(ByteBuffer fields) {
    ByteBuffer bytes = fields.slice().order(ByteOrder.BIG_ENDIAN);
    UUID uuid = new UUID(bytes.getLong(), bytes.getLong());
    fields.position(fields.position() + bytes.position());
    return uuid;
  }

  void encode(ByteBuffer fields) {
    fields.put(HexFormat.of().parseHex(tableSha256));
    fields.put(HexFormat.of().parseHex(planSha256 == null ? NO_DIGEST : planSha256));
    put(fields, id);
    put(fields, boot == null ? NONE : boot);
  }

  private static void put(ByteBuffer fields, UUID uuid) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES);
    bytes.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
    fields.put(bytes.flip());
  }
}

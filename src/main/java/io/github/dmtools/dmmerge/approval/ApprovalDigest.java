package io.github.dmtools.dmmerge.approval;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.digest.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The digest of an approval. It covers which bytes of which store replace which bytes of which
 * origin.
 *
 * <p>SHA-256 over the line {@code dm-merge approval 1\n}, the 32 bytes of {@code plan_sha256}, the
 * 32 bytes of {@code origins_sha256}, the chunk size, and for the store and then the origin the
 * size in bytes, the path and the lasting name. Numbers are 64-bit little-endian. A text is its
 * length in bytes followed by its UTF-8; a missing lasting name is an empty text. Labels, warnings,
 * times and the recognized content of the origin are not covered.
 */
public final class ApprovalDigest {
  private ApprovalDigest() {}

  /**
   * Computes the digest in hexadecimal.
   *
   * @param planSha256 64 hexadecimal digits
   * @param originsSha256 64 hexadecimal digits
   */
  public static String of(
      String planSha256, String originsSha256, ChunkSize chunkSize, Targets targets) {
    MessageDigest digest = Sha256.create();
    digest.update("dm-merge approval 1\n".getBytes(StandardCharsets.US_ASCII));
    digest.update(HexFormat.of().parseHex(planSha256));
    digest.update(HexFormat.of().parseHex(originsSha256));
    digest.update(number(chunkSize.bytes()));
    add(digest, targets.store());
    add(digest, targets.origin());
    return Sha256.hex(digest.digest());
  }

  private static void add(MessageDigest digest, Target target) {
    digest.update(number(target.bytes()));
    add(digest, target.path());
    add(digest, target.lastingName());
  }

  private static void add(MessageDigest digest, @Nullable String text) {
    byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    digest.update(number(bytes.length));
    digest.update(bytes);
  }

  private static ByteBuffer number(long value) {
    return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).flip();
  }
}

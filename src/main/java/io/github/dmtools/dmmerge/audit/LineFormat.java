package io.github.dmtools.dmmerge.audit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.dmtools.dmmerge.digest.Sha256;
import java.util.Arrays;

/**
 * The bytes that make a line a link of the chain:
 *
 * <pre>
 * {"dm_merge.seq":N,"dm_merge.prev_sha256":"P", ... ,"dm_merge.line_sha256":"D"}
 * </pre>
 *
 * <p>N counts the lines of a log from 1, across runs. D is the SHA-256 of the line's bytes as they
 * stand, from its first up to and without the comma before {@code "dm_merge.line_sha256"}: all but
 * the last 91 and the line feed. P is the D of the line before; 64 zeroes in the first line. Both
 * are lower-case hexadecimal. So line 5 is checked by
 *
 * <pre>sed -n 5p LOG | tr -d '\n' | head -c -91 | sha256sum</pre>
 *
 * <p>{@code src/docs/recompute_chain.py} checks all of it, and the digests of extents against a
 * plan, without this program.
 */
final class LineFormat {
  static final byte[] SEQ = "{\"dm_merge.seq\":".getBytes(US_ASCII);
  static final byte[] PREV = ",\"dm_merge.prev_sha256\":\"".getBytes(US_ASCII);
  static final byte[] PREV_END = "\"".getBytes(US_ASCII);
  static final byte[] DIGEST = ",\"dm_merge.line_sha256\":\"".getBytes(US_ASCII);
  static final byte[] DIGEST_END = "\"}".getBytes(US_ASCII);
  static final int HEX_BYTES = 2 * Sha256.BYTES;

  /** Bytes of a line that its digest does not cover, without the line feed. */
  static final int TAIL_BYTES = DIGEST.length + HEX_BYTES + DIGEST_END.length;

  /** What the first line names as the digest of the one before. */
  static final String NO_SHA256 = "0".repeat(HEX_BYTES);

  /**
   * The longest line in bytes: a job of at most 1 MiB holds the label and the paths, and a
   * failure's message may name a path once more.
   */
  static final int MAX_LINE_BYTES = 4 << 20;

  private LineFormat() {}

  /** Returns whether the bytes begin as every line does, as far as they go. */
  static boolean beginsAsALine(byte[] bytes, int offset, int length) {
    int compared = Math.min(length, SEQ.length);
    return Arrays.equals(bytes, offset, offset + compared, SEQ, 0, compared);
  }
}

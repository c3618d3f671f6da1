package io.github.dmtools.dmmerge.audit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.dmtools.dmmerge.digest.Sha256;
import java.util.Arrays;

/**
 * The format of a line, which makes it a link of the chain:
 *
 * <pre>
 * {"dm_merge.seq":N,"dm_merge.prev_sha256":"P", ... ,"dm_merge.line_sha256":"D"}
 * </pre>
 *
 * <p>N counts the lines of a log from 1, across runs. D is the SHA-256 of the line's bytes before
 * the comma of {@code "dm_merge.line_sha256"}: all but the last 91 and the line feed. P is the D of
 * the line before; 64 zeroes in the first line. Both are lower-case hexadecimal. This checks line
 * 5:
 *
 * <pre>sed -n 5p LOG | tr -d '\n' | head -c -91 | sha256sum</pre>
 *
 * <p>{@code src/docs/recompute_chain.py} checks a whole log without this program, and the digests
 * of its extents against a plan.
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

  /** The digest of the line before in the first line. */
  static final String ZERO_SHA256 = "0".repeat(HEX_BYTES);

  /**
   * The longest line in bytes. The label and the paths come from a job of at most 1 MiB, and an
   * error message may repeat a path.
   */
  static final int MAX_LINE_BYTES = 4 << 20;

  private LineFormat() {}

  /** True if the bytes, or the first of them, match the start of every line. */
  static boolean hasLineStart(byte[] bytes, int offset, int length) {
    int compared = Math.min(length, SEQ.length);
    return Arrays.equals(bytes, offset, offset + compared, SEQ, 0, compared);
  }
}

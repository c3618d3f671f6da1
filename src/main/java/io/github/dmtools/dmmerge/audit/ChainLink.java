package io.github.dmtools.dmmerge.audit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A line's place in the chain, as the line itself says it. Its digest is right.
 *
 * @param prevSha256 the digest that the line before must have
 */
record ChainLink(long seq, String prevSha256, String lineSha256) {
  /** Fewer digits than could overflow a long. */
  private static final int MAX_SEQ_DIGITS = 18;

  /**
   * Reads a line's frame and checks its digest.
   *
   * @return null if its bytes are not those that were written
   */
  static @Nullable ChainLink read(byte[] bytes, int offset, int length, MessageDigest digest) {
    int end = offset + length;
    int tail = end - LineFormat.TAIL_BYTES;
    int at = offset + LineFormat.SEQ.length;
    if (!holds(bytes, offset, tail, LineFormat.SEQ)) {
      return null;
    }
    int digits = at;
    while (at < tail && bytes[at] >= '0' && bytes[at] <= '9') {
      at++;
    }
    int prev = at + LineFormat.PREV.length;
    if (at == digits
        || at - digits > MAX_SEQ_DIGITS
        || !holds(bytes, at, tail, LineFormat.PREV)
        || !holds(bytes, prev + LineFormat.HEX_BYTES, tail, LineFormat.PREV_END)
        || !holds(bytes, tail, end, LineFormat.DIGEST)
        || !holds(bytes, end - LineFormat.DIGEST_END.length, end, LineFormat.DIGEST_END)) {
      return null;
    }
    String lineSha256 = text(bytes, tail + LineFormat.DIGEST.length, LineFormat.HEX_BYTES);
    digest.update(bytes, offset, tail - offset);
    if (!HexFormat.of().formatHex(digest.digest()).equals(lineSha256)) {
      return null;
    }
    long seq = Long.parseLong(text(bytes, digits, at - digits));
    return new ChainLink(seq, text(bytes, prev, LineFormat.HEX_BYTES), lineSha256);
  }

  /** Returns whether a log may begin with it. */
  boolean isFirst() {
    return seq == 1 && prevSha256.equals(LineFormat.NO_SHA256);
  }

  /** Returns whether it is the next line after {@code before}. */
  boolean follows(ChainLink before) {
    return seq == before.seq + 1 && prevSha256.equals(before.lineSha256);
  }

  /** The line as the head of a log that ends with it. */
  AuditHead head() {
    return new AuditHead(seq, lineSha256);
  }

  private static boolean holds(byte[] bytes, int at, int end, byte[] expected) {
    return end - at >= expected.length
        && Arrays.equals(bytes, at, at + expected.length, expected, 0, expected.length);
  }

  private static String text(byte[] bytes, int at, int length) {
    return new String(bytes, at, length, US_ASCII);
  }
}

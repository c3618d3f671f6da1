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
record Link(long seq, String prevSha256, String lineSha256) {
  /** Fewer digits than could overflow a long. */
  private static final int MAX_SEQ_DIGITS = 18;

  /**
   * Reads a line's frame and checks its digest.
   *
   * @return null if its bytes are not those that were written
   */
  static @Nullable Link read(byte[] bytes, int offset, int length, MessageDigest digest) {
    int end = offset + length;
    int tail = end - Frame.TAIL_BYTES;
    int at = offset + Frame.SEQ.length;
    if (!holds(bytes, offset, tail, Frame.SEQ)) {
      return null;
    }
    int digits = at;
    while (at < tail && bytes[at] >= '0' && bytes[at] <= '9') {
      at++;
    }
    int prev = at + Frame.PREV.length;
    if (at == digits
        || at - digits > MAX_SEQ_DIGITS
        || !holds(bytes, at, tail, Frame.PREV)
        || !holds(bytes, prev + Frame.HEX_BYTES, tail, Frame.PREV_END)
        || !holds(bytes, tail, end, Frame.DIGEST)
        || !holds(bytes, end - Frame.DIGEST_END.length, end, Frame.DIGEST_END)) {
      return null;
    }
    String lineSha256 = text(bytes, tail + Frame.DIGEST.length, Frame.HEX_BYTES);
    digest.update(bytes, offset, tail - offset);
    if (!HexFormat.of().formatHex(digest.digest()).equals(lineSha256)) {
      return null;
    }
    long seq = Long.parseLong(text(bytes, digits, at - digits));
    return new Link(seq, text(bytes, prev, Frame.HEX_BYTES), lineSha256);
  }

  /** Returns whether a log may begin with it. */
  boolean isFirst() {
    return seq == 1 && prevSha256.equals(Frame.NO_SHA256);
  }

  /** Returns whether it is the next line after {@code before}. */
  boolean follows(Link before) {
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

package io.github.dmtools.dmmerge.audit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.dmtools.dmmerge.digest.Sha256;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The place in the chain that a line claims. The line matches its digest.
 *
 * @param prevSha256 digest of the line before
 */
record ChainLink(long seq, String prevSha256, String lineSha256) {
  /** Any number with so few digits fits in a long. */
  private static final int MAX_SEQ_DIGITS = 18;

  /**
   * Parses the chain members of a line and checks its digest.
   *
   * @return null if the line is not well-formed or does not match its digest
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
    if (!Sha256.hex(digest.digest()).equals(lineSha256)) {
      return null;
    }
    long seq = Long.parseLong(text(bytes, digits, at - digits));
    return new ChainLink(seq, text(bytes, prev, LineFormat.HEX_BYTES), lineSha256);
  }

  /** True if a log may start with this line. */
  boolean isFirst() {
    return seq == 1 && prevSha256.equals(LineFormat.ZERO_SHA256);
  }

  /** True if this is the line after {@code before}. */
  boolean follows(ChainLink before) {
    return seq == before.seq + 1 && prevSha256.equals(before.lineSha256);
  }

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

package io.github.dmtools.dmmerge.audit;

import io.github.dmtools.dmmerge.digest.Sha256;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Gives every new line its number and its two digests, see {@link LineFormat}. */
final class Chain {
  private final MessageDigest digest = Sha256.create();
  private final byte[] sha256;
  private long seq;

  /**
   * @param head the last line; null for an empty log
   */
  Chain(@Nullable AuditHead head) {
    this.seq = head == null ? 0 : head.seq();
    this.sha256 =
        HexFormat.of().parseHex(head == null ? LineFormat.ZERO_SHA256 : head.lineSha256());
  }

  /** Appends the start of the next line. */
  void begin(LineBuffer out) {
    out.bytes(LineFormat.SEQ).number(seq + 1);
    out.bytes(LineFormat.PREV).hex(sha256).bytes(LineFormat.PREV_END);
  }

  /** Appends the end of the line that starts at {@code start}. */
  void end(LineBuffer out, int start) {
    out.digest(start, digest);
    Sha256.finish(digest, sha256, 0);
    seq++;
    out.bytes(LineFormat.DIGEST).hex(sha256).bytes(LineFormat.DIGEST_END).ascii('\n');
  }

  /** The last line; null if there is none. */
  @Nullable AuditHead head() {
    return seq == 0 ? null : new AuditHead(seq, Sha256.hex(sha256));
  }
}

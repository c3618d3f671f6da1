package io.github.dmtools.dmmerge.plan;

import io.github.dmtools.dmmerge.digest.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The digest of the origin's data in a plan. It detects a change of any {@code origin_sha256}.
 * {@link PlanDigest} does not include it, because the origin changes while a plan is applied.
 *
 * <p>SHA-256 over the line {@code dm-merge origins 1\n} and, for every exception in the table's
 * order, the SHA-256 of the origin's bytes.
 */
public final class OriginsDigest {
  private final MessageDigest digest = Sha256.create();

  public OriginsDigest() {
    digest.update("dm-merge origins 1\n".getBytes(StandardCharsets.US_ASCII));
  }

  /** Adds the digest of the next exception's bytes in the origin. */
  public void add(byte[] originSha256) {
    digest.update(originSha256);
  }

  /** Returns the digest. Nothing may be added after that. */
  public String hex() {
    return Sha256.hex(digest.digest());
  }
}

package io.github.dmtools.dmmerge.plan;

import io.github.dmtools.dmmerge.digest.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The digest of what a plan saw in the origin, so that a change of any {@code origin_sha256} in it
 * is found. It is no part of {@link PlanDigest}: the origin changes while a plan is carried out.
 *
 * <p>SHA-256 over the line {@code dm-merge origins 1\n} and, for every exception in the table's
 * order, the SHA-256 of the origin's bytes.
 */
public final class OriginsDigest {
  private final MessageDigest digest = Sha256.create();

  public OriginsDigest() {
    digest.update("dm-merge origins 1\n".getBytes(StandardCharsets.US_ASCII));
  }

  /** Adds what the next exception's bytes were in the origin. */
  public void add(byte[] originSha256) {
    digest.update(originSha256);
  }

  /** The digest of all that was added. Ends it. */
  public String hex() {
    return Sha256.hex(digest.digest());
  }
}

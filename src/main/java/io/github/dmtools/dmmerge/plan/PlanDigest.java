package io.github.dmtools.dmmerge.plan;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.digest.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The digest that identifies a plan: which bytes of the store go to which bytes of the origin. It
 * covers the header, the table and the data, but neither paths nor states, so that it does not
 * change while the plan is applied.
 *
 * <p>SHA-256 over the line {@code dm-merge plan 1\n}, the chunk size, and for every exception in
 * the table's order old_chunk, new_chunk, the bytes to copy and the SHA-256 of those bytes; numbers
 * are 64-bit little-endian.
 */
public final class PlanDigest {
  private static final int RECORD_BYTES = 3 * Long.BYTES;

  private final MessageDigest digest = Sha256.create();
  private final ByteBuffer numbers =
      ByteBuffer.allocate(RECORD_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  public PlanDigest(ChunkSize chunkSize) {
    digest.update("dm-merge plan 1\n".getBytes(StandardCharsets.US_ASCII));
    numbers.putLong(0, chunkSize.bytes());
    digest.update(numbers.array(), 0, Long.BYTES);
  }

  /** Adds the next exception, with the number and the digest of the bytes to copy. */
  public void add(long oldChunk, long newChunk, long bytes, byte[] sourceSha256) {
    numbers.putLong(0, oldChunk).putLong(Long.BYTES, newChunk).putLong(2 * Long.BYTES, bytes);
    digest.update(numbers.array());
    digest.update(sourceSha256);
  }

  /** Returns the digest. Nothing may be added after that. */
  public String hex() {
    return Sha256.hex(digest.digest());
  }
}

package io.github.dmtools.dmmerge.approval;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.plan.OriginsDigest;
import io.github.dmtools.dmmerge.plan.PlanDigest;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Digests the exceptions of a plan whose chunk size may be known only after the last one. Only the
 * last chunk of the origin can be clipped, and no two exceptions have the same chunk. Therefore the
 * longer one of the first two has the chunk size.
 */
final class PlanDigests {
  private final OriginsDigest origins = new OriginsDigest();
  private @Nullable PlannedChunk first;
  private @Nullable PlanDigest plan;
  private long chunkBytes;
  private boolean impossible;

  void add(PlannedChunk exception, String sourceSha256, @Nullable String originSha256) {
    if (originSha256 != null) {
      origins.add(HexFormat.of().parseHex(originSha256));
    }
    PlannedChunk held = first;
    if (plan != null) {
      add(plan, exception, sourceSha256);
    } else if (held == null) {
      first = exception;
    } else {
      begin(held, Math.max(held.bytes(), exception.bytes()));
      if (plan != null) {
        add(plan, exception, sourceSha256);
      }
    }
  }

  private void begin(PlannedChunk held, long bytes) {
    long sectors = bytes / ChunkSize.SECTOR_BYTES;
    if (bytes % ChunkSize.SECTOR_BYTES != 0 || !ChunkSize.isValidSectors(sectors)) {
      impossible = true;
      return;
    }
    chunkBytes = bytes;
    PlanDigest digest = new PlanDigest(ChunkSize.ofSectors(sectors));
    add(digest, held, String.valueOf(held.sourceSha256()));
    plan = digest;
  }

  private static void add(PlanDigest digest, PlannedChunk exception, String sourceSha256) {
    digest.add(
        exception.oldChunk(),
        exception.newChunk(),
        exception.bytes(),
        HexFormat.of().parseHex(sourceSha256));
  }

  /** The plan's digest in hexadecimal; null if the exceptions do not have that chunk size. */
  @Nullable String planSha256(ChunkSize chunkSize) {
    PlanDigest digest = plan;
    if (digest == null) {
      digest = new PlanDigest(chunkSize);
      chunkBytes = chunkSize.bytes();
      if (first != null) {
        add(digest, first, String.valueOf(first.sourceSha256()));
      }
    }
    return impossible || chunkBytes != chunkSize.bytes() ? null : digest.hex();
  }

  /** Completes the digest of the origin's digests, in hexadecimal. */
  String originsSha256() {
    return origins.hex();
  }
}

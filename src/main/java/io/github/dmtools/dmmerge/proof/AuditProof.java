package io.github.dmtools.dmmerge.proof;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether an audit log proves that the pending chunks of a plan were written.
 *
 * @param plan path of the plan
 * @param planSha256 the plan's digest
 * @param approvalSha256 null if the plan has none
 * @param origin path of the plan's output
 * @param store path of the plan's input
 * @param runs number of runs in the log that belong to the plan
 * @param pending number of pending chunks of the plan
 * @param counts number of pending chunks for each verdict
 * @param chunks the first chunks that are not proved, in the order of the origin
 * @param chunksOmitted number of further chunks that are not proved
 */
public record AuditProof(
    String plan,
    String planSha256,
    @Nullable String approvalSha256,
    String origin,
    String store,
    long runs,
    long pending,
    Map<Verdict, Long> counts,
    List<Unproved> chunks,
    long chunksOmitted) {

  /** What the log shows of one chunk. */
  public enum Verdict {
    /** It had the planned content before, and the planned content was durably written. */
    PROVED,
    /** No run logged a write of it. */
    MISSING,
    /** A write was logged, and no barrier followed. */
    NOT_DURABLE,
    /** The lines of an earlier version have no comparable digests. */
    NO_CHUNK_DIGESTS,
    /** Its content before the write was not the planned one. */
    BEFORE_DIFFERS,
    /** Something else than the planned content was written. */
    AFTER_DIFFERS
  }

  /**
   * A chunk that is not proved.
   *
   * @param offset byte offset in the origin
   */
  public record Unproved(long oldChunk, long offset, Verdict verdict) {}

  /** Number of chunks with a verdict. */
  public long count(Verdict verdict) {
    return counts.getOrDefault(verdict, 0L);
  }

  /** True if every pending chunk is proved. */
  public boolean complete() {
    return count(Verdict.PROVED) == pending;
  }
}

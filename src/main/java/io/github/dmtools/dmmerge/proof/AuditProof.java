package io.github.dmtools.dmmerge.proof;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether an audit log shows that what a plan had pending was written.
 *
 * @param plan path of the plan
 * @param planSha256 the plan's digest
 * @param approvalSha256 null if the plan has none
 * @param origin path of the plan's output
 * @param store path of the plan's input
 * @param runs of the log that were about this plan
 * @param pending chunks that the plan had pending
 * @param counts how many of them there are of each verdict
 * @param chunks the first that are not proved, by their place in the origin
 * @param chunksOmitted how many more there are
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
    /** It held what the plan saw, and durably got what the plan names. */
    PROVED,
    /** No run was going to write it. */
    MISSING,
    /** It was going to be written, and no barrier made it durable. */
    NOT_DURABLE,
    /** Lines of an earlier version have no digests that could be compared. */
    NO_CHUNK_DIGESTS,
    /** It held something else than what the plan saw. */
    BEFORE_DIFFERS,
    /** It got something else than what the plan names. */
    AFTER_DIFFERS
  }

  /**
   * A chunk that is not proved.
   *
   * @param offset in the origin, in bytes
   */
  public record Unproved(long oldChunk, long offset, Verdict verdict) {}

  /** How many chunks there are of a verdict. */
  public long count(Verdict verdict) {
    return counts.getOrDefault(verdict, 0L);
  }

  /** Whether every chunk is proved. */
  public boolean complete() {
    return count(Verdict.PROVED) == pending;
  }
}

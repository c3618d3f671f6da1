package io.github.dmtools.dmmerge.plan;

import org.jspecify.annotations.Nullable;

/**
 * The totals of a plan.
 *
 * @param compared true if the origin was read; otherwise pending and applied are meaningless
 * @param planSha256 see {@link PlanDigest}; null if the data was not digested
 * @param originsSha256 see {@link OriginsDigest}; null if the origin's data was not digested
 */
public record PlanTotals(
    boolean compared,
    long exceptions,
    long pending,
    long bytes,
    long pendingBytes,
    @Nullable String planSha256,
    @Nullable String originsSha256) {

  public long applied() {
    return exceptions - pending;
  }

  public long appliedBytes() {
    return bytes - pendingBytes;
  }
}

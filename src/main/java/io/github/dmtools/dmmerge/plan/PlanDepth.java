package io.github.dmtools.dmmerge.plan;

/** How much of the devices a plan reads. */
public enum PlanDepth {
  /** Only the table. */
  TABLE,
  /** The data too, to distinguish pending from applied. */
  COMPARE,
  /** As {@link #COMPARE}, and computes digests. */
  DIGEST
}

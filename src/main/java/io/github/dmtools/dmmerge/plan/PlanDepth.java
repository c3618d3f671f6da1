package io.github.dmtools.dmmerge.plan;

/** How much of the devices a plan reads. */
public enum PlanDepth {
  /** The table alone. */
  TABLE,
  /** The data too, to tell pending from applied. */
  COMPARE,
  /** The data, and its digests. */
  DIGEST
}

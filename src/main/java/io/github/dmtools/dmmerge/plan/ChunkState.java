package io.github.dmtools.dmmerge.plan;

/** How a chunk of the origin compares with the store's. */
public enum ChunkState {
  /** They differ: there is something to write. */
  PENDING,
  /** They are equal. */
  APPLIED
}

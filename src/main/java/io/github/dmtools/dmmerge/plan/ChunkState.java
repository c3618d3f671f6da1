package io.github.dmtools.dmmerge.plan;

/** How a chunk of the origin compares with the store's. */
public enum ChunkState {
  /** The chunks differ, so the origin's must be written. */
  PENDING,
  /** The chunks are equal. */
  APPLIED
}

package io.github.dmtools.dmmerge.apply;

import io.github.dmtools.dmmerge.problem.Problem;

/** A run of the origin that was not copied, or is not known to be durable. Offsets in bytes. */
public record FailedRange(long originOffset, long storeOffset, long bytes, Problem problem) {
  /** Whether {@code next} begins where this one ends, on both sides, for the same reason. */
  boolean touches(FailedRange next) {
    return originOffset + bytes == next.originOffset
        && storeOffset + bytes == next.storeOffset
        && problem.code() == next.problem.code();
  }

  FailedRange join(FailedRange next) {
    return new FailedRange(originOffset, storeOffset, bytes + next.bytes, problem);
  }
}

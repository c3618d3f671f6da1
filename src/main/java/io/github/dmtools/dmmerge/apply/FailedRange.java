package io.github.dmtools.dmmerge.apply;

import io.github.dmtools.dmmerge.copy.Window;
import io.github.dmtools.dmmerge.problem.Problem;
import java.util.ArrayList;
import java.util.List;

/** A run of the origin that was not copied, or is not known to be durable. Offsets in bytes. */
public record FailedRange(long originOffset, long storeOffset, long bytes, Problem problem) {
  /** The range of a window's piece. */
  static FailedRange of(Window window, int slot, Problem problem) {
    return new FailedRange(
        window.originOffset(slot), window.storeOffset(slot), window.bytes(slot), problem);
  }

  /** The pieces of a window that were to be written and could not be. */
  static List<FailedRange> writes(Window window) {
    List<FailedRange> failures = new ArrayList<>();
    for (int slot = 0; slot < window.size(); slot++) {
      Problem problem = window.problem(slot);
      if (window.isPending(slot) && problem != null) {
        failures.add(of(window, slot, problem));
      }
    }
    return failures;
  }

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

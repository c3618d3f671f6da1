package io.github.dmtools.dmmerge.apply;

import io.github.dmtools.dmmerge.copy.Window;
import io.github.dmtools.dmmerge.problem.Problem;
import java.util.ArrayList;
import java.util.List;

/** A range that was not copied, or is not known to be durable. Offsets and length in bytes. */
public record FailedRange(long originOffset, long storeOffset, long bytes, Problem problem) {

  static FailedRange of(Window window, int slot, Problem problem) {
    return new FailedRange(
        window.originOffset(slot), window.storeOffset(slot), window.bytes(slot), problem);
  }

  /** The pending pieces of a window that could not be written. */
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

  /** True if {@code next} starts where this range ends, in both devices, with the same code. */
  boolean adjoins(FailedRange next) {
    return originOffset + bytes == next.originOffset
        && storeOffset + bytes == next.storeOffset
        && problem.code() == next.problem.code();
  }

  FailedRange join(FailedRange next) {
    return new FailedRange(originOffset, storeOffset, bytes + next.bytes, problem);
  }
}

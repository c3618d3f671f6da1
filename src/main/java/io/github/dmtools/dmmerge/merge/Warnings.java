package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.Warning;
import io.github.dmtools.dmmerge.problem.WarningSink;
import java.util.ArrayList;
import java.util.List;

/** Collects the warnings of a run without duplicates, and passes them to the listener. */
final class Warnings implements WarningSink {
  private final List<Warning> list = new ArrayList<>();
  private final WarningSink listener;

  Warnings(WarningSink listener) {
    this.listener = listener;
  }

  /**
   * Without an origin, a plan does not know whether the last chunk is partial. The dd line of a
   * partial last chunk would extend a file; a device cannot grow.
   */
  static Warning unknownSize() {
    return new Warning(
        "plan.unknown_size",
        "the job names no output, so the origin's size is unknown: the dd line of a partial"
            + " last chunk makes a file longer",
        null);
  }

  /** Nothing is pending, but a digest alone does not prove that the data was approved. */
  static Warning unproved(String origin) {
    return new Warning(
        ProblemCode.PLAN_UNPROVED.code(),
        origin
            + " already holds the store's data; a digest alone does not prove that it was approved",
        origin);
  }

  @Override
  public synchronized void warn(Warning warning) {
    if (!list.contains(warning)) {
      list.add(warning);
      listener.warn(warning);
    }
  }

  synchronized List<Warning> list() {
    return List.copyOf(list);
  }
}

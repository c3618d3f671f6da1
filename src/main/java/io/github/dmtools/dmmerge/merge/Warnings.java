package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.Warning;
import io.github.dmtools.dmmerge.problem.WarningSink;
import java.util.ArrayList;
import java.util.List;

/** Keeps the warnings of a run, each once, and passes them on to whoever speaks to people. */
final class Warnings implements WarningSink {
  private final List<Warning> list = new ArrayList<>();
  private final WarningSink listener;

  Warnings(WarningSink listener) {
    this.listener = listener;
  }

  /**
   * What a plan without an origin does not know. Any line may be that of the last chunk, and a file
   * whose last chunk is partial would grow by it: a device does not.
   */
  static Warning unknownSize() {
    return new Warning(
        "plan.unknown_size",
        "the job names no output, so that the origin's size is not known: the dd line of a partial"
            + " last chunk makes a file longer",
        null);
  }

  /** Nothing is pending, and what was approved is not known to be what is there. */
  static Warning unproved(String origin) {
    return new Warning(
        ProblemCode.PLAN_UNPROVED.code(),
        origin
            + " holds what the store has; whether that was approved, a digest alone does not show",
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

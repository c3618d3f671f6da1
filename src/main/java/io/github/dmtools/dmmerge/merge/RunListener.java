package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.copy.Progress;
import io.github.dmtools.dmmerge.problem.WarningSink;

/** Hears what a run is doing, to tell people. */
public interface RunListener extends WarningSink {
  /**
   * A pass over the data begins.
   *
   * @param what for people, such as "comparing"
   * @param bytes that it will deal with
   */
  Progress begin(String what, long bytes);

  /** From now on the origin may be changed, and the run must be let come to its end. */
  void writing();
}

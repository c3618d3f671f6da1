package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.copy.Progress;
import io.github.dmtools.dmmerge.problem.WarningSink;

/** Receives the progress and the warnings of a run. */
public interface RunListener extends WarningSink {
  /**
   * Called at the start of a pass over the data.
   *
   * @param what name of the pass to display, such as "comparing"
   * @param bytes number of bytes in the pass
   */
  Progress begin(String what, long bytes);

  /** Called before the first write. The run must be allowed to finish from then on. */
  void writing();
}

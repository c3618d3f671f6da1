package io.github.dmtools.dmmerge.cli.progress;

import io.github.dmtools.dmmerge.copy.Progress;

/** Shows the progress of a pass. */
public interface ProgressView extends Progress {
  /** Shows nothing. */
  ProgressView SILENT = bytes -> {};

  /** Clears the display, so that another line can be printed. */
  default void clear() {}

  /** Ends the display of the pass. */
  default void finish() {
    clear();
  }
}

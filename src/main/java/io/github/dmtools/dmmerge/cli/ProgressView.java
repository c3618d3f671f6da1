package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.plan.Progress;

/** Shows how far a pass has come. */
interface ProgressView extends Progress {
  /** Shows nothing. */
  ProgressView SILENT = bytes -> {};

  /** Makes room for another line. */
  default void clear() {}

  /** The pass is over. */
  default void finish() {
    clear();
  }
}

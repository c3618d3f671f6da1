package io.github.dmtools.dmmerge.cli.progress;

import io.github.dmtools.dmmerge.copy.Progress;

/** Shows how far a pass has come. */
public interface ProgressView extends Progress {
  /** Shows nothing. */
  ProgressView SILENT = bytes -> {};

  /** Makes room for another line. */
  default void clear() {}

  /** The pass is over. */
  default void finish() {
    clear();
  }
}

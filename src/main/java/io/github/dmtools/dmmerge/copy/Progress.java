package io.github.dmtools.dmmerge.copy;

/** Receives the progress of a pass over the table. */
@FunctionalInterface
public interface Progress {
  /** Ignores progress. */
  Progress NONE = bytes -> {};

  /** Reports that another {@code bytes} of the table are done. */
  void advance(long bytes);
}

package io.github.dmtools.dmmerge.copy;

/** Hears how far a run has come. */
@FunctionalInterface
public interface Progress {
  /** Nobody listens. */
  Progress NONE = bytes -> {};

  /** Another {@code bytes} of the plan were dealt with. */
  void advance(long bytes);
}

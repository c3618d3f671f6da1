package io.github.dmtools.dmmerge.problem;

/** Takes warnings as they come up. */
@FunctionalInterface
public interface WarningSink {
  void warn(Warning warning);
}

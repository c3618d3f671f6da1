package io.github.dmtools.dmmerge.problem;

/** Takes warnings as they occur. */
@FunctionalInterface
public interface WarningSink {
  void warn(Warning warning);
}

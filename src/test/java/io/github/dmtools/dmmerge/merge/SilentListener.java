package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.copy.Progress;
import io.github.dmtools.dmmerge.problem.Warning;

/** Ignores everything. Tests override what they need. */
public class SilentListener implements RunListener {
  @Override
  public Progress begin(String what, long bytes) {
    return Progress.NONE;
  }

  @Override
  public void writing() {}

  @Override
  public void warn(Warning warning) {}
}

package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.ownfile.FileTarget;
import io.github.dmtools.dmmerge.ownfile.FileTargets;
import io.github.dmtools.dmmerge.ownfile.TargetException;

/** Looks up {@link LinuxFileTarget}s. */
record LinuxFileTargets(TargetCalls calls) implements FileTargets {
  @Override
  public FileTarget open(String path) throws TargetException {
    return open(path, true);
  }

  /**
   * Looks up a path.
   *
   * @param followLast follow a symbolic link at the end; otherwise it is a {@link
   *     FileTarget.Kind#OTHER}
   */
  LinuxFileTarget open(String path, boolean followLast) throws TargetException {
    return new LinuxFileTarget(calls, TargetLookup.find(calls, path, followLast));
  }
}

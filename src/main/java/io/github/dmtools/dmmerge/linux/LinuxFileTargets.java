package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.ownfile.FileTarget;
import io.github.dmtools.dmmerge.ownfile.FileTargets;
import io.github.dmtools.dmmerge.ownfile.TargetException;

/** Files of our own on this Linux. */
record LinuxFileTargets(TargetCalls calls) implements FileTargets {
  @Override
  public FileTarget open(String path) throws TargetException {
    return open(path, true);
  }

  /**
   * The same.
   *
   * @param followLast whether the last name may be a link that is followed; if not it is of {@link
   *     FileTarget.Kind#OTHER}
   */
  LinuxFileTarget open(String path, boolean followLast) throws TargetException {
    return new LinuxFileTarget(calls, TargetLookup.find(calls, path, followLast));
  }
}

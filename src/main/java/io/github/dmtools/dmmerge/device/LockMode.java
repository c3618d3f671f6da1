package io.github.dmtools.dmmerge.device;

/** Modes of a device's lock. */
public enum LockMode {
  /** For reading: excludes writers. */
  SHARED,
  /** For writing: excludes everybody. */
  EXCLUSIVE
}

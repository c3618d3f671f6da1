package io.github.dmtools.dmmerge.device;

/** How a device is locked against other runs. */
public enum LockMode {
  /** For reading: many at once, none that writes. */
  SHARED,
  /** For writing: alone. */
  EXCLUSIVE
}

package io.github.dmtools.dmmerge.device;

/** What lies at a path. */
public enum DeviceType {
  BLOCK,
  FILE
}

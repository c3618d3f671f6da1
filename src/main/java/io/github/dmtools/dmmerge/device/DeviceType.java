package io.github.dmtools.dmmerge.device;

/** What a path leads to. */
public enum DeviceType {
  BLOCK,
  FILE
}

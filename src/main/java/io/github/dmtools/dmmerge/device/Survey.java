package io.github.dmtools.dmmerge.device;

/** A snapshot of the system's mounts and swap spaces. */
public interface Survey {
  /**
   * Finds who uses the sectors of an open device. Waits up to a second while another program has a
   * device open: udev and LVM open devices briefly.
   */
  DeviceUse useOf(BlockDevice device);
}

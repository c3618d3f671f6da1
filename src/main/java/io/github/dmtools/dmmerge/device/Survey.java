package io.github.dmtools.dmmerge.device;

/** One look at the system. */
public interface Survey {
  /**
   * Who uses the sectors of an open device. Waits up to a second while a device is open elsewhere:
   * udev and LVM look at devices for moments.
   */
  DeviceUse useOf(BlockDevice device);
}

package io.github.dmtools.dmmerge.device;

import java.util.List;

/**
 * Who uses the sectors of a device.
 *
 * @param unseen what could not be determined and may hide a user, a sentence each
 * @param ranges the device's ranges on physical storage
 * @param readOnly the kernel refuses writes to it
 * @param itself the device
 * @param beneath the devices that it is built on
 * @param others all other devices that share a sector with it, those stacked on it first
 */
public record DeviceUse(
    List<String> unseen,
    PhysicalRanges ranges,
    boolean readOnly,
    UsedDevice itself,
    List<UsedDevice> beneath,
    List<UsedDevice> others) {}

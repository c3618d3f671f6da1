package io.github.dmtools.dmmerge.device;

import java.util.List;

/**
 * Who uses the sectors of a device, read from the system before anything is written.
 *
 * @param unseen what could not be seen and may hide a user, a sentence each; empty if everything
 *     could
 * @param ranges what the device reaches on physical storage
 * @param readOnly the kernel refuses writes to it
 * @param itself the device
 * @param beneath the devices that it is built on
 * @param others all other devices that reach one of its sectors, those stacked on it first
 */
public record DeviceUse(
    List<String> unseen,
    PhysicalRanges ranges,
    boolean readOnly,
    UsedDevice itself,
    List<UsedDevice> beneath,
    List<UsedDevice> others) {}

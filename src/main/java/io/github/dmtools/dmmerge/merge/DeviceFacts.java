package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.DeviceType;

/** What a document says of a device. Sizes in bytes. */
public record DeviceFacts(
    String path, DeviceType type, long bytes, int logicalBlockBytes, boolean direct) {
  static DeviceFacts of(BlockDevice device) {
    return new DeviceFacts(
        device.path(),
        device.type(),
        device.sizeBytes(),
        device.logicalBlockBytes(),
        device.direct());
  }
}

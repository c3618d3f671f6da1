package io.github.dmtools.dmmerge.report;

import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.DeviceType;
import io.github.dmtools.dmmerge.device.PersistentId;
import org.jspecify.annotations.Nullable;

/**
 * A device in a document. Sizes in bytes.
 *
 * @param lastingName the name that it keeps over a reboot and that no other device gets; null if it
 *     has none
 */
public record DeviceFacts(
    String path,
    @Nullable String lastingName,
    DeviceType type,
    long bytes,
    int logicalBlockBytes,
    boolean direct) {
  /** The facts of an open device. */
  public static DeviceFacts of(BlockDevice device, PersistentId name) {
    return new DeviceFacts(
        device.path(),
        name.lasting() ? name.text() : null,
        device.type(),
        device.sizeBytes(),
        device.logicalBlockBytes(),
        device.direct());
  }
}

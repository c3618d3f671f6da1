package io.github.dmtools.dmmerge.device;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A device that shares sectors with an examined device, and its users.
 *
 * @param path path of its node, for messages
 * @param number {@code major:minor}; empty for a file
 * @param dmUuid its device-mapper UUID, which may be empty; null for other devices
 * @param targets types of its device-mapper targets; empty for other devices
 * @param stacked it is built on the examined device
 * @param containsAll it contains every sector of the examined device
 * @param mountPoints where it is mounted, in any mount namespace
 * @param swap the kernel swaps to it
 * @param held another block device has claimed it
 * @param openElsewhere it is open more often than mounts, swap, stacked devices and this process
 *     explain. Only device-mapper counts opens: false for other devices
 */
public record UsedDevice(
    String path,
    String number,
    Kind kind,
    @Nullable String dmUuid,
    Set<String> targets,
    boolean stacked,
    boolean containsAll,
    List<String> mountPoints,
    boolean swap,
    boolean held,
    boolean openElsewhere) {

  /** Kinds of devices. */
  public enum Kind {
    FILE,
    DEVICE_MAPPER,
    PARTITION,
    OTHER
  }

  /** True if it is mounted or used for swap. */
  public boolean mountedOrSwap() {
    return swap || !mountPoints.isEmpty();
  }
}

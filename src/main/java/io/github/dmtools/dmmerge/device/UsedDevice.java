package io.github.dmtools.dmmerge.device;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One device that reaches sectors of another one, and who uses it.
 *
 * @param path of its node, for people
 * @param number {@code major:minor}; empty for a file
 * @param kind what it is
 * @param dmUuid its device-mapper uuid (empty if it was given none); null if it is no such device
 * @param targets the types of the device-mapper targets that it is made of; empty if it is no such
 *     device
 * @param stacked it is built on the other one, and does not only share its sectors
 * @param containsAll it reaches every sector of the other one
 * @param mountPoints where it is mounted, in any mount namespace
 * @param swap the kernel swaps to it
 * @param held another block device has claimed it, so that nobody else can
 * @param openElsewhere somebody has it open, beyond what mounts, swap, devices built on it and this
 *     process account for. Only device-mapper counts this: false for all other devices
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

  /** What matters of its kind. */
  public enum Kind {
    FILE,
    DEVICE_MAPPER,
    PARTITION,
    OTHER
  }

  /** Whether a file system or the swap space is on it. */
  public boolean mountedOrSwap() {
    return swap || !mountPoints.isEmpty();
  }
}

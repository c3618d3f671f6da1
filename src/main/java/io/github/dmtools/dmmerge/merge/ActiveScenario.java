package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.device.DeviceUse;
import io.github.dmtools.dmmerge.device.UsedDevice;
import io.github.dmtools.dmmerge.device.UsedDevice.Kind;
import io.github.dmtools.dmmerge.problem.Warning;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides which devices may share sectors with the origin while they are unused: the volume and the
 * snapshots of the active scenario, mappings created with dmsetup, and partitions. {@code Claims}
 * keep them unused during the run.
 */
final class ActiveScenario {
  private static final String LVM = "LVM-";

  /** Length of {@code LVM-} and the volume group's uuid; the volume's uuid follows. */
  private static final int LVM_GROUP_LENGTH = LVM.length() + 32;

  /**
   * Device-mapper targets that write only what is written to them. Others, such as a cache or a
   * RAID array, write in the background even if they are not open.
   */
  private static final Set<String> PASSIVE_TARGETS =
      Set.of(
          "crypt",
          "delay",
          "error",
          "flakey",
          "linear",
          "snapshot",
          "snapshot-origin",
          "striped",
          "zero");

  private ActiveScenario() {}

  /** True if {@code device} may share sectors with the origin. */
  static boolean allows(DeviceUse use, UsedDevice device) {
    return switch (device.kind()) {
      case PARTITION -> true;
      case DEVICE_MAPPER -> isAllowedMapping(use, device);
      case FILE, OTHER -> false;
    };
  }

  /**
   * True if a device-mapper device belongs to an active scenario, and is not another volume whose
   * physical volume is the origin. LVM gives its devices uuids (lib/activate/dev_manager.c of
   * LVM2); a device without a uuid was created with dmsetup.
   */
  private static boolean isAllowedMapping(DeviceUse use, UsedDevice device) {
    String uuid = device.dmUuid();
    if (uuid == null || !PASSIVE_TARGETS.containsAll(device.targets())) {
      return false;
    }
    if (uuid.isEmpty()) {
      return true;
    }
    if (!uuid.startsWith(LVM)) {
      return false;
    }
    String group = group(uuid);
    if (device.stacked()) {
      return isOriginLayer(use.itself().dmUuid()) && group.equals(group(use.itself().dmUuid()));
    }
    return device.containsAll()
        || Stream.concat(Stream.of(use.itself()), use.beneath().stream())
            .anyMatch(part -> group.equals(group(part.dmUuid())));
  }

  private static boolean isOriginLayer(@Nullable String uuid) {
    return uuid != null && uuid.startsWith(LVM) && uuid.endsWith("-real");
  }

  private static String group(@Nullable String uuid) {
    return uuid == null ? "" : uuid.substring(0, Math.min(LVM_GROUP_LENGTH, uuid.length()));
  }

  /** Warns if device-mapper devices share sectors with the device at {@code path}. */
  static Optional<Warning> warning(String path, DeviceUse use) {
    List<String> mappings =
        use.others().stream()
            .filter(device -> device.kind() == Kind.DEVICE_MAPPER)
            .map(UsedDevice::path)
            .toList();
    if (mappings.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Warning(
            "device.active",
            String.format(
                "%s is active: %s %s its sectors; do not use %s until flushed or deactivated",
                path,
                String.join(" and ", mappings),
                mappings.size() == 1 ? "shares" : "share",
                mappings.size() == 1 ? "it" : "them"),
            path));
  }
}

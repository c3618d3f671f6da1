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
 * A device that shares sectors with the origin may be there if nobody uses it and nothing on the
 * origin depends on it: the volume and the snapshots of the active scenario, mappings that were
 * made by hand, partitions. {@code Claims} then keep it unused.
 */
final class ActiveScenario {
  private static final String LVM = "LVM-";

  /** {@code LVM-} and the uuid of the volume group; the uuid of the volume follows. */
  private static final int LVM_GROUP_LENGTH = LVM.length() + 32;

  /**
   * The types of device-mapper targets that write only what somebody writes to them. Others, such
   * as a cache or a RAID array, write on their own, open or not.
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

  /** Whether a device may share sectors with one that is going to be written. */
  static boolean allows(DeviceUse use, UsedDevice device) {
    return switch (device.kind()) {
      case PARTITION -> true;
      case DEVICE_MAPPER -> isAllowedMapping(use, device);
      case FILE, OTHER -> false;
    };
  }

  /**
   * Whether a device-mapper device is part of an active scenario, and not somebody's volume whose
   * metadata is on the origin. LVM names its devices by uuid (lib/activate/dev_manager.c of LVM2);
   * one that dmsetup made without a uuid was made by hand.
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
                "%s is active: %s %s its sectors, and nobody may use %s until flushed or"
                    + " deactivated",
                path,
                String.join(" and ", mappings),
                mappings.size() == 1 ? "shares" : "share",
                mappings.size() == 1 ? "it" : "them"),
            path));
  }
}

package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.device.UsedDevice;
import io.github.dmtools.dmmerge.device.UsedDevice.Kind;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds devices of a survey, unused by default. */
final class UsedDevices {
  private UsedDevices() {}

  /** The surveyed device. */
  static UsedDevice itself(String path, @Nullable String dmUuid) {
    return device(path, dmUuid, false);
  }

  /** A device that is built on the surveyed one. */
  static UsedDevice stacked(String path, @Nullable String dmUuid, String... targets) {
    return device(path, dmUuid, true, targets);
  }

  /** A device that shares some sectors with the surveyed one. */
  static UsedDevice beside(String path, @Nullable String dmUuid) {
    return device(path, dmUuid, false);
  }

  private static UsedDevice device(
      String path, @Nullable String dmUuid, boolean stacked, String... targets) {
    return new UsedDevice(
        path,
        "253:1",
        dmUuid == null ? Kind.OTHER : Kind.DEVICE_MAPPER,
        dmUuid,
        Set.of(targets),
        stacked,
        false,
        List.of(),
        false,
        false,
        false);
  }

  static UsedDevice partition(UsedDevice device) {
    return copy(device, Kind.PARTITION, false, List.of(), false, false);
  }

  static UsedDevice containingAll(UsedDevice device) {
    return copy(device, device.kind(), true, List.of(), false, false);
  }

  static UsedDevice mounted(UsedDevice device, String... places) {
    return copy(device, device.kind(), device.containsAll(), List.of(places), false, false);
  }

  static UsedDevice swap(UsedDevice device) {
    return copy(device, device.kind(), device.containsAll(), List.of(), true, false);
  }

  static UsedDevice openElsewhere(UsedDevice device) {
    return copy(device, device.kind(), device.containsAll(), List.of(), false, true);
  }

  private static UsedDevice copy(
      UsedDevice device,
      Kind kind,
      boolean containsAll,
      List<String> places,
      boolean swap,
      boolean openElsewhere) {
    return new UsedDevice(
        device.path(),
        device.number(),
        kind,
        device.dmUuid(),
        device.targets(),
        device.stacked(),
        containsAll,
        places,
        swap,
        device.held(),
        openElsewhere);
  }
}

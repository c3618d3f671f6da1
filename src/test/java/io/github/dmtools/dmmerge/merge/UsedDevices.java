package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.device.UsedDevice;
import io.github.dmtools.dmmerge.device.UsedDevice.Kind;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Devices as a survey finds them, unused until a test says otherwise. */
final class UsedDevices {
  private UsedDevices() {}

  /** The device that is looked at. */
  static UsedDevice itself(String path, @Nullable String dmUuid) {
    return device(path, dmUuid, false);
  }

  /** One that is built on the device that is looked at. */
  static UsedDevice stacked(String path, @Nullable String dmUuid, String... targets) {
    return device(path, dmUuid, true, targets);
  }

  /** One that shares some sectors with it. */
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

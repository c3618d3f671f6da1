package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.DeviceUse;
import io.github.dmtools.dmmerge.device.Survey;
import io.github.dmtools.dmmerge.device.UsedDevice;
import java.util.List;

/** A {@link Survey} that reads mounts and swaps from {@code /proc} once. */
final class LinuxSurvey implements Survey {
  private final Syscalls syscalls;
  private final OwnDescriptors inherited;
  private final Mounts mounts;
  private final Swaps swaps;
  private final List<String> hidden;

  LinuxSurvey(Syscalls syscalls, OwnDescriptors inherited) {
    this.syscalls = syscalls;
    this.inherited = inherited;
    this.mounts = Mounts.read(syscalls);
    this.swaps = Swaps.read(syscalls);
    this.hidden = VisibilityCheck.hidden(syscalls, mounts);
  }

  @Override
  public DeviceUse useOf(BlockDevice device) {
    LinuxDevice opened = (LinuxDevice) device;
    return RetryWhileBusy.whileTrue(
        () -> new UseReader(this, opened.status()).useOf(opened), LinuxSurvey::isOpen);
  }

  private static boolean isOpen(DeviceUse use) {
    return use.itself().openElsewhere()
        || use.beneath().stream().anyMatch(UsedDevice::openElsewhere)
        || use.others().stream().anyMatch(UsedDevice::openElsewhere);
  }

  Syscalls syscalls() {
    return syscalls;
  }

  /** The block devices that this process itself has open. */
  OwnDescriptors ownDescriptors() {
    return OwnDescriptors.list(syscalls).without(inherited);
  }

  Mounts mounts() {
    return mounts;
  }

  Swaps swaps() {
    return swaps;
  }

  /** What {@code /proc} and {@code /sys} hide, a sentence each. */
  List<String> hidden() {
    return hidden;
  }
}

package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import java.io.File;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts how often this process has opened each block device. Inherited descriptors do not count:
 * several of them may belong to one open(2).
 */
final class OwnDescriptors {
  private static final String DESCRIPTORS = "/proc/self/fd";

  private final Map<String, DeviceNumber> open;

  private OwnDescriptors(Map<String, DeviceNumber> open) {
    this.open = open;
  }

  /** Lists the block devices that are open now. */
  static OwnDescriptors list(Syscalls syscalls) {
    Map<String, DeviceNumber> open = new HashMap<>();
    String[] descriptors = new File(DESCRIPTORS).list();
    for (String name : descriptors == null ? new String[0] : descriptors) {
      FileStatus status = syscalls.tryStatus(DESCRIPTORS + "/" + name);
      // The descriptor that was used to list the directory is closed again.
      if (status != null && status.isBlock()) {
        open.put(name, status.specialDevice());
      }
    }
    return new OwnDescriptors(open);
  }

  /** Those that were opened after {@code inherited} was listed. */
  OwnDescriptors without(OwnDescriptors inherited) {
    Map<String, DeviceNumber> rest = new HashMap<>(open);
    inherited.open.forEach(rest::remove);
    return new OwnDescriptors(rest);
  }

  int of(DeviceNumber device) {
    return (int) open.values().stream().filter(device::equals).count();
  }
}

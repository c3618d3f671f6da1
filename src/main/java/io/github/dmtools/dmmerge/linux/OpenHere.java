package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import java.io.File;
import java.util.HashMap;
import java.util.Map;

/**
 * How often this process itself has each block device open. What it inherited is somebody else's:
 * several descriptors may then be of one open(2).
 */
final class OpenHere {
  private static final String DESCRIPTORS = "/proc/self/fd";

  private final Map<String, DeviceNumber> open;

  private OpenHere(Map<String, DeviceNumber> open) {
    this.open = open;
  }

  /** The block devices that are open now. */
  static OpenHere look(Syscalls syscalls) {
    Map<String, DeviceNumber> open = new HashMap<>();
    String[] descriptors = new File(DESCRIPTORS).list();
    for (String name : descriptors == null ? new String[0] : descriptors) {
      FileStatus status = syscalls.tryStatus(DESCRIPTORS + "/" + name);
      // The descriptor that listed the directory is closed again.
      if (status != null && status.isBlock()) {
        open.put(name, status.specialDevice());
      }
    }
    return new OpenHere(open);
  }

  /** Those that were opened since. */
  OpenHere without(OpenHere inherited) {
    Map<String, DeviceNumber> rest = new HashMap<>(open);
    inherited.open.forEach(rest::remove);
    return new OpenHere(rest);
  }

  int of(DeviceNumber device) {
    return (int) open.values().stream().filter(device::equals).count();
  }
}

package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.io.File;
import java.util.HashMap;
import java.util.Map;

/** How often this process itself has each block device open. */
final class OpenHere {
  private static final String DESCRIPTORS = "/proc/self/fd";

  private final Map<DeviceNumber, Integer> counts = new HashMap<>();

  private OpenHere() {}

  static OpenHere count(Syscalls syscalls) {
    OpenHere open = new OpenHere();
    String[] names = new File(DESCRIPTORS).list();
    for (String name : names == null ? new String[0] : names) {
      try {
        FileStatus status = syscalls.status(DESCRIPTORS + "/" + name);
        if (status.isBlock()) {
          open.counts.merge(status.specialDevice(), 1, Integer::sum);
        }
      } catch (ProblemException e) {
        // The descriptor that listed the directory is closed again.
      }
    }
    return open;
  }

  int of(DeviceNumber device) {
    return counts.getOrDefault(device, 0);
  }
}

package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which block devices are mounted where, from proc(5)'s mountinfo. */
final class Mounts {
  private record Mount(
      @Nullable DeviceNumber number, @Nullable DeviceNumber source, String mountPoint) {}

  private final List<Mount> mounts;

  private Mounts(List<Mount> mounts) {
    this.mounts = mounts;
  }

  static Mounts read(Syscalls syscalls) {
    List<Mount> mounts = new ArrayList<>();
    for (String[] fields : ProcTable.read(Path.of("/proc/self/mountinfo"))) {
      int dash = List.of(fields).indexOf("-");
      if (dash < 6 || dash + 2 >= fields.length) {
        continue;
      }
      // btrfs numbers its mounts with devices of its own: there only the source tells.
      String source = ProcTable.unescape(fields[dash + 2]);
      mounts.add(
          new Mount(
              SysBlock.parseNumber(fields[2]),
              source.startsWith("/") ? blockNumber(syscalls, source) : null,
              ProcTable.unescape(fields[4])));
    }
    return new Mounts(mounts);
  }

  private static @Nullable DeviceNumber blockNumber(Syscalls syscalls, String path) {
    try {
      FileStatus status = syscalls.status(path);
      return status.isBlock() ? status.specialDevice() : null;
    } catch (ProblemException e) {
      return null;
    }
  }

  List<String> of(DeviceNumber device) {
    return mounts.stream()
        .filter(mount -> device.equals(mount.number) || device.equals(mount.source))
        .map(Mount::mountPoint)
        .distinct()
        .toList();
  }
}

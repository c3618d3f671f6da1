package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The swap spaces in /proc/swaps, proc(5). */
final class Swaps {
  private final Set<String> identities = new HashSet<>();
  private final List<String> unseen = new ArrayList<>();

  private Swaps() {}

  static Swaps read(Syscalls syscalls) {
    Swaps swaps = new Swaps();
    for (String[] fields : ProcTable.read(Path.of("/proc/swaps"))) {
      String path = ProcTable.unescape(fields[0]);
      if (path.startsWith("/")) {
        String identity = identity(syscalls, path);
        if (identity == null) {
          swaps.unseen.add("the swap space " + path + " cannot be found by this name");
        } else {
          swaps.identities.add(identity);
        }
      }
    }
    return swaps;
  }

  private static @Nullable String identity(Syscalls syscalls, String path) {
    FileStatus status = syscalls.tryStatus(path);
    if (status != null) {
      return status.identity();
    }
    DeviceNumber device = SysBlock.named(path.substring(path.lastIndexOf('/') + 1));
    return path.startsWith("/dev/") && device != null ? "block:" + device : null;
  }

  boolean holds(String identity) {
    return identities.contains(identity);
  }

  /** Swap spaces that could not be identified, a sentence each. */
  List<String> unseen() {
    return unseen;
  }
}

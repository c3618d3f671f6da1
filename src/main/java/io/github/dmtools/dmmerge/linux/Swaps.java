package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** The devices and files that the kernel swaps to, from proc(5)'s swaps. */
final class Swaps {
  private final Set<String> identities;

  private Swaps(Set<String> identities) {
    this.identities = identities;
  }

  static Swaps read(Syscalls syscalls) {
    Set<String> identities = new HashSet<>();
    for (String[] fields : ProcTable.read(Path.of("/proc/swaps"))) {
      String path = ProcTable.unescape(fields[0]);
      if (path.startsWith("/")) {
        try {
          identities.add(syscalls.status(path).identity());
        } catch (ProblemException e) {
          // Out of sight here; the claim on opening for writing still finds a device in use.
        }
      }
    }
    return new Swaps(identities);
  }

  boolean holds(String identity) {
    return identities.contains(identity);
  }
}

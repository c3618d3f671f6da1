package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks that {@code /proc} and {@code /sys} are complete. A bare chroot does not have them, and a
 * container may have mounts over parts of them. What is hidden must not count as unused.
 */
final class VisibilityCheck {
  private static final List<String> PROC = List.of("/proc/self/mountinfo", "/proc/swaps");
  private static final List<String> SYS = List.of("/sys/dev/block", "/sys/class/block");

  private VisibilityCheck() {}

  /** What is hidden, a sentence each; empty if everything is visible. */
  static List<String> hidden(Syscalls syscalls, Mounts mounts) {
    List<String> hidden = new ArrayList<>();
    mounts.hidingProcesses().forEach(place -> hidden.add("something is mounted on " + place));
    PROC.forEach(path -> addHidden(syscalls, path, FileSystems.PROC, hidden));
    SYS.forEach(path -> addHidden(syscalls, path, FileSystems.SYSFS, hidden));
    return hidden;
  }

  private static void addHidden(
      Syscalls syscalls, String path, long fileSystem, List<String> hidden) {
    try {
      if (syscalls.fileSystemType(path) != fileSystem) {
        hidden.add(path + " is missing");
      } else if (syscalls.status(path).mountRoot()) {
        hidden.add("something is mounted on " + path);
      }
    } catch (ProblemException e) {
      hidden.add(path + " cannot be read");
    }
  }
}

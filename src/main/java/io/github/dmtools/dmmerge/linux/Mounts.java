package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is mounted where, from the mountinfo of proc(5): in the mount namespace of this process, and
 * in those of all processes that it may look at.
 */
final class Mounts {
  private static final Path OWN = Path.of("/proc/self/mountinfo");
  private static final String OVERLAY = "overlay";

  private final List<Mount> own;
  private final List<Mount> all;

  private Mounts(List<Mount> own, List<Mount> all) {
    this.own = own;
    this.all = all;
  }

  /**
   * One mount.
   *
   * @param id in its mount namespace
   * @param number of the file system's device
   * @param source identity of the device or file that it was mounted from; null if it is none
   * @param root the directory of the file system that is mounted
   * @param options as they are in the file, escapes included
   * @param place the mount point for people, with the namespace if it is not our own
   * @param prefix what leads to the root of its mount namespace; empty for our own
   */
  record Mount(
      long id,
      @Nullable DeviceNumber number,
      @Nullable String source,
      String root,
      String mountPoint,
      String type,
      String options,
      String place,
      String prefix) {
    boolean isWithoutDisk() {
      return number != null && number.major() == 0;
    }

    boolean isOverlay() {
      return type.equals(OVERLAY);
    }

    /** Whether the option is on; {@code byDefault} where the mount does not show it. */
    boolean has(String option, boolean byDefault) {
      for (String shown : options.split(",", -1)) {
        if (shown.startsWith(option + "=")) {
          return shown.equals(option + "=on");
        }
      }
      return byDefault;
    }

    /** The path within the file system, from its root; null if the path is not below the mount. */
    @Nullable String inside(String path) {
      String prefix = mountPoint.equals("/") ? "" : mountPoint;
      if (!path.startsWith(prefix + "/")) {
        return null;
      }
      return (root.equals("/") ? "" : root) + path.substring(prefix.length());
    }

    /** The directories that an overlay is made of, the upper one first. */
    List<String> layers() {
      List<String> upper = new ArrayList<>();
      List<String> lower = new ArrayList<>();
      for (String escaped : split(options, ',')) {
        String option = ProcTable.unescape(escaped);
        int equals = option.indexOf('=');
        String name = equals < 0 ? option : option.substring(0, equals);
        String value = option.substring(equals + 1);
        switch (name) {
          case "upperdir" -> upper.add(value.replace("\\", ""));
          case "lowerdir", "lowerdir+" ->
              split(value, ':').stream()
                  .filter(layer -> !layer.isEmpty())
                  .forEach(layer -> lower.add(layer.replace("\\", "")));
          default -> {}
        }
      }
      upper.addAll(lower);
      return upper;
    }

    private static List<String> split(String text, char separator) {
      List<String> parts = new ArrayList<>();
      int start = 0;
      for (int i = 0; i <= text.length(); i++) {
        if (i == text.length() || (text.charAt(i) == separator && !isEscaped(text, i))) {
          parts.add(text.substring(start, i));
          start = i + 1;
        }
      }
      return parts;
    }

    private static boolean isEscaped(String text, int at) {
      return at > 0 && text.charAt(at - 1) == '\\';
    }
  }

  static Mounts read(Syscalls syscalls) {
    List<Mount> own = read(syscalls, OWN, "", "");
    List<Mount> all = new ArrayList<>(own);
    Set<String> seen = new HashSet<>();
    String mine = syscalls.readLink("/proc/self/ns/mnt");
    if (mine != null) {
      seen.add(mine);
    }
    String[] names = new File("/proc").list();
    for (String pid : names == null ? new String[0] : names) {
      if (!Character.isDigit(pid.charAt(0))) {
        continue;
      }
      String namespace = syscalls.readLink("/proc/" + pid + "/ns/mnt");
      if (namespace == null || seen.contains(namespace)) {
        continue;
      }
      List<Mount> theirs =
          read(
              syscalls,
              Path.of("/proc", pid, "mountinfo"),
              "/proc/" + pid + "/root",
              " in the mount namespace of process " + pid);
      if (!theirs.isEmpty()) {
        seen.add(namespace);
        all.addAll(theirs);
      }
    }
    return new Mounts(own, all);
  }

  private static List<Mount> read(Syscalls syscalls, Path file, String root, String where) {
    List<Mount> mounts = new ArrayList<>();
    for (String[] fields : ProcTable.read(file)) {
      int dash = List.of(fields).indexOf("-");
      if (dash < 6 || dash + 2 >= fields.length) {
        continue;
      }
      String source = ProcTable.unescape(fields[dash + 2]);
      String mountPoint = ProcTable.unescape(fields[4]);
      DeviceNumber number = SysBlock.parseNumber(fields[2]);
      // Without a disk of its own (btrfs, a file that is mounted as it is) only the source shows
      // it.
      boolean ask = number != null && number.major() == 0 && source.startsWith("/");
      mounts.add(
          new Mount(
              Long.parseLong(fields[0]),
              number,
              ask ? identity(syscalls, root, source) : null,
              ProcTable.unescape(fields[3]),
              mountPoint,
              fields[dash + 1],
              dash + 3 < fields.length ? fields[dash + 3] : "",
              mountPoint + where,
              root));
    }
    return mounts;
  }

  private static @Nullable String identity(Syscalls syscalls, String root, String path) {
    FileStatus status = path.startsWith("/proc/") ? null : syscalls.tryStatus(root + path);
    return status == null ? null : status.identity();
  }

  /** Where a block device is mounted. */
  List<String> of(DeviceNumber device) {
    String identity = "block:" + device;
    return places(mount -> device.equals(mount.number) || identity.equals(mount.source));
  }

  /** Those of our own namespace, or where there are none those of others: they mostly have both. */
  private List<String> places(Predicate<Mount> condition) {
    List<String> ours = own.stream().filter(condition).map(Mount::place).distinct().toList();
    return ours.isEmpty()
        ? all.stream().filter(condition).map(Mount::place).distinct().toList()
        : ours;
  }

  /** Where a file is mounted as it is, without a loop device. */
  List<String> ofFile(String identity) {
    return places(mount -> identity.equals(mount.source) && !isPseudo(mount));
  }

  /**
   * Mounts of file systems in files that the source does not lead to: the kernel shows the name
   * that the file was mounted by, in whatever directory that was.
   */
  List<String> ofUnseenFiles() {
    return all.stream()
        .filter(mount -> mount.type.equals("erofs") && mount.isWithoutDisk())
        .filter(mount -> mount.source == null)
        .map(Mount::place)
        .toList();
  }

  /** Names of sources are free text for these. */
  private static boolean isPseudo(Mount mount) {
    return mount.type.startsWith("fuse") || mount.isOverlay() || mount.type.equals("tmpfs");
  }

  /** The mount points of ours that hide processes, and with them their mount namespaces. */
  List<String> hidingProcesses() {
    return own.stream().map(Mount::mountPoint).filter(Mounts::isOfProcess).toList();
  }

  private static boolean isOfProcess(String mountPoint) {
    return mountPoint.startsWith("/proc/")
        && mountPoint.length() > "/proc/".length()
        && Character.isDigit(mountPoint.charAt("/proc/".length()));
  }

  /** Whether something is mounted on a directory of ours, or on anything in it. */
  boolean hidesPartOf(String directory) {
    return own.stream().anyMatch(mount -> (mount.mountPoint + "/").startsWith(directory + "/"));
  }

  /** A mount of our own namespace; null if there is none of that number. */
  @Nullable Mount byId(long id) {
    return own.stream().filter(mount -> mount.id == id).findFirst().orElse(null);
  }

  /** Where a file system is mounted. */
  List<Mount> ofFileSystem(DeviceNumber number) {
    return all.stream().filter(mount -> number.equals(mount.number)).toList();
  }
}

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
 * The mounts in mountinfo, proc(5): those of this process's mount namespace, and of the namespaces
 * of all processes that it can read.
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
   * @param id number within its mount namespace
   * @param number device number of the file system
   * @param source identity of the mounted device or file; null if it is neither
   * @param root the directory of the file system that is mounted
   * @param options as in mountinfo, with escapes
   * @param place the mount point for messages, with the namespace if it is not this process's
   * @param prefix path to the root of the mount namespace; empty for this process's
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

    /** True if the option is on; {@code byDefault} if the mount does not show it. */
    boolean has(String option, boolean byDefault) {
      for (String shown : options.split(",", -1)) {
        if (shown.startsWith(option + "=")) {
          return shown.equals(option + "=on");
        }
      }
      return byDefault;
    }

    /** The path from the root of the file system; null if the path is not below the mount. */
    @Nullable String inside(String path) {
      String prefix = mountPoint.equals("/") ? "" : mountPoint;
      if (!path.startsWith(prefix + "/")) {
        return null;
      }
      return (root.equals("/") ? "" : root) + path.substring(prefix.length());
    }

    /** The layers of an overlay, the upper one first. */
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
      // Without a disk (btrfs, a file mounted directly), only the source identifies it.
      boolean bySource = number != null && number.major() == 0 && source.startsWith("/");
      mounts.add(
          new Mount(
              Long.parseLong(fields[0]),
              number,
              bySource ? identity(syscalls, root, source) : null,
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

  /** The mount points of a block device. */
  List<String> of(DeviceNumber device) {
    String identity = "block:" + device;
    return places(mount -> device.equals(mount.number) || identity.equals(mount.source));
  }

  /** The mount points in this namespace, or in others if there are none here. */
  private List<String> places(Predicate<Mount> condition) {
    List<String> ours = own.stream().filter(condition).map(Mount::place).distinct().toList();
    return ours.isEmpty()
        ? all.stream().filter(condition).map(Mount::place).distinct().toList()
        : ours;
  }

  /** The mount points of a file that is mounted without a loop device. */
  List<String> ofFile(String identity) {
    return places(mount -> identity.equals(mount.source) && !isPseudo(mount));
  }

  /**
   * Mount points of file systems in files whose source cannot be found: the kernel shows the name
   * that was used to mount, which may be relative to any directory.
   */
  List<String> ofUnseenFiles() {
    return all.stream()
        .filter(mount -> mount.type.equals("erofs") && mount.isWithoutDisk())
        .filter(mount -> mount.source == null)
        .map(Mount::place)
        .toList();
  }

  /** The source is free text for these. */
  private static boolean isPseudo(Mount mount) {
    return mount.type.startsWith("fuse") || mount.isOverlay() || mount.type.equals("tmpfs");
  }

  /** The mount points that hide processes, and with them their mount namespaces. */
  List<String> hidingProcesses() {
    return own.stream().map(Mount::mountPoint).filter(Mounts::isOfProcess).toList();
  }

  private static boolean isOfProcess(String mountPoint) {
    return mountPoint.startsWith("/proc/")
        && mountPoint.length() > "/proc/".length()
        && Character.isDigit(mountPoint.charAt("/proc/".length()));
  }

  /** True if something is mounted on a directory or below it. */
  boolean hidesPartOf(String directory) {
    return own.stream().anyMatch(mount -> (mount.mountPoint + "/").startsWith(directory + "/"));
  }

  /** The mount of this namespace with that id, or null. */
  @Nullable Mount byId(long id) {
    return own.stream().filter(mount -> mount.id == id).findFirst().orElse(null);
  }

  /** The mounts of a file system. */
  List<Mount> ofFileSystem(DeviceNumber number) {
    return all.stream().filter(mount -> number.equals(mount.number)).toList();
  }
}

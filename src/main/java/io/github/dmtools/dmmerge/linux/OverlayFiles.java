package io.github.dmtools.dmmerge.linux;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the file in a layer that has the bytes of a file on an overlay file system (overlayfs.rst
 * of the kernel). It has another path, number and mount.
 */
final class OverlayFiles {
  /** The kernel's limit of stacked file systems (FILESYSTEM_MAX_STACK_DEPTH), plus one. */
  private static final int MAX_LAYERS = 3;

  private final Syscalls syscalls;
  private final Mounts mounts;

  OverlayFiles(Syscalls syscalls, Mounts mounts) {
    this.syscalls = syscalls;
    this.mounts = mounts;
  }

  static boolean isOverlay(Syscalls syscalls, String path) {
    return syscalls.fileSystemType(path) == FileSystems.OVERLAY;
  }

  /**
   * The identity of the file with the bytes of an open file.
   *
   * @param descriptor symbolic link in /proc to the open file
   * @return null if it is in a layer that cannot be seen from here
   */
  @Nullable String identityOfOpen(String descriptor, FileStatus status) {
    if (!isOverlay(syscalls, descriptor)) {
      return status.identity();
    }
    String path = syscalls.readLink(descriptor);
    return path == null ? null : inLayers(path, status, MAX_LAYERS);
  }

  /**
   * The identity of the file with the bytes of the file at a path.
   *
   * @param path without symbolic links
   * @return null if it is in a layer that cannot be seen from here
   */
  @Nullable String identity(String path, FileStatus status) {
    return identity(path, status, MAX_LAYERS);
  }

  private @Nullable String identity(String path, FileStatus status, int depth) {
    return isOverlay(syscalls, path) ? inLayers(path, status, depth) : status.identity();
  }

  /**
   * The identity of the file with the bytes of a file on an overlay in any mount namespace.
   *
   * @param mount mount of the overlay
   * @param path in the namespace of the mount, without symbolic links
   * @return null if it is in a layer that cannot be seen from here
   */
  @Nullable String beneath(Mounts.Mount mount, String path, FileStatus status) {
    return beneath(mount, path, status, MAX_LAYERS);
  }

  private @Nullable String inLayers(String path, FileStatus status, int depth) {
    Mounts.Mount mount = mounts.byId(status.mountId());
    return mount == null || depth == 0 ? null : beneath(mount, path, status, depth);
  }

  private @Nullable String beneath(Mounts.Mount mount, String path, FileStatus status, int depth) {
    String inside = mount.inside(path);
    if (inside == null || isMetacopy(mount)) {
      return null;
    }
    for (String layer : mount.layers()) {
      // Container engines name directories of the host, which do not exist in the container.
      for (String prefix : List.of("", mount.prefix())) {
        String candidate = prefix + layer + inside;
        FileStatus found = syscalls.tryStatus(candidate);
        if (found != null && isSameFile(found, status)) {
          return identity(candidate, found, depth - 1);
        }
      }
    }
    return null;
  }

  /** True if a file in an upper layer may have its bytes in a lower one. */
  private static boolean isMetacopy(Mounts.Mount mount) {
    String byDefault = SysBlock.attribute(Path.of("/sys/module/overlay/parameters/metacopy"));
    return mount.has("metacopy", !"N".equals(byDefault));
  }

  /** An overlay shows all attributes of the lower file except its numbers. */
  private static boolean isSameFile(FileStatus beneath, FileStatus shown) {
    return beneath.mode() == shown.mode()
        && beneath.size() == shown.size()
        && beneath.times().equals(shown.times());
  }
}

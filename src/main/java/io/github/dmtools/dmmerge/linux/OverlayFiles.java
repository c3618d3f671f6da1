package io.github.dmtools.dmmerge.linux;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Files on an overlay file system (overlayfs.rst of the kernel): their bytes are those of a file in
 * one of its layers, which has another path, number and mount.
 */
final class OverlayFiles {
  /** As many stacked file systems as the kernel allows (FILESYSTEM_MAX_STACK_DEPTH), and one. */
  private static final int MOST_LAYERS = 3;

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
   * The identity of the file that holds the bytes of an open one.
   *
   * @param descriptor the symbolic link in /proc to it
   * @return null if it is in a layer that cannot be seen from here
   */
  @Nullable String identityOfOpen(String descriptor, FileStatus status) {
    if (!isOverlay(syscalls, descriptor)) {
      return status.identity();
    }
    String path = syscalls.readLink(descriptor);
    return path == null ? null : inLayers(path, status, MOST_LAYERS);
  }

  /**
   * The identity of the file that holds the bytes of the one at a path.
   *
   * @param path without symbolic links, as the kernel writes it
   * @return null if it is in a layer that cannot be seen from here
   */
  @Nullable String identity(String path, FileStatus status) {
    return identity(path, status, MOST_LAYERS);
  }

  private @Nullable String identity(String path, FileStatus status, int depth) {
    return isOverlay(syscalls, path) ? inLayers(path, status, depth) : status.identity();
  }

  /**
   * The identity of the file that holds the bytes of one on an overlay, in any mount namespace.
   *
   * @param mount the overlay's
   * @param path as it is in the mount's namespace, without symbolic links
   * @return null if it is in a layer that cannot be seen from here
   */
  @Nullable String beneath(Mounts.Mount mount, String path, FileStatus status) {
    return beneath(mount, path, status, MOST_LAYERS);
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
      // Container engines name directories of the host, which the container does not have.
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

  /** Whether a file in an upper layer may have its bytes in a lower one. */
  private static boolean isMetacopy(Mounts.Mount mount) {
    String byDefault = SysBlock.attribute(Path.of("/sys/module/overlay/parameters/metacopy"));
    return mount.has("metacopy", !"N".equals(byDefault));
  }

  /** An overlay shows everything but the numbers of the file beneath it. */
  private static boolean isSameFile(FileStatus beneath, FileStatus shown) {
    return beneath.mode() == shown.mode()
        && beneath.size() == shown.size()
        && beneath.times().equals(shown.times());
  }
}

package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the backing files of loop devices. If a backing file cannot be determined, it may be any
 * file or device, except a file whose size does not fit.
 */
final class LoopDevices {
  private final Syscalls syscalls;
  private final SysBlock sys;
  private final Mounts mounts;
  private final OverlayFiles overlays;
  private final FileStatus looked;
  private boolean filesMatter = true;
  private final Map<DeviceNumber, Backing> known = new HashMap<>();

  /**
   * @param looked the file or device that is searched for
   */
  LoopDevices(Syscalls syscalls, SysBlock sys, Mounts mounts, FileStatus looked) {
    this.looked = looked;
    this.syscalls = syscalls;
    this.sys = sys;
    this.mounts = mounts;
    this.overlays = new OverlayFiles(syscalls, mounts);
  }

  /**
   * The backing file or device of a loop device. If {@code file} and {@code device} are null, it is
   * unknown.
   *
   * @param file identity of a file; else null
   * @param device number of a block device; else null
   * @param offset byte of it at which the loop device starts
   * @param mayBeDevice it is a block device, or may be one
   */
  record Backing(
      @Nullable String file, @Nullable DeviceNumber device, long offset, boolean mayBeDevice) {
    static final Backing UNKNOWN = new Backing(null, null, 0, true);
    static final Backing UNKNOWN_FILE = new Backing(null, null, 0, false);

    static Backing ofFile(String identity, long offset) {
      return new Backing(identity, null, offset, false);
    }

    static Backing ofDevice(DeviceNumber number, long offset) {
      return new Backing(null, number, offset, true);
    }

    boolean isUnknown() {
      return file == null && device == null;
    }
  }

  /** Null if the device is not a loop device, or is attached to something irrelevant. */
  @Nullable Backing backing(DeviceNumber device) {
    if (!sys.isAttachedLoop(device)) {
      return null;
    }
    Backing backing = known.computeIfAbsent(device, this::query);
    boolean matters =
        !backing.isUnknown()
            || ((filesMatter || backing.mayBeDevice())
                && mayHaveSize(device)
                && sys.isAttachedLoop(device));
    return matters ? backing : null;
  }

  /** Ignores unknown files from now on: the examined device is not built on a file. */
  void ignoreUnknownFiles() {
    filesMatter = false;
  }

  private boolean mayHaveSize(DeviceNumber device) {
    Place place = place(device);
    return looked.isBlock() || place == null || place.fits(looked.size());
  }

  /**
   * The range of its backing file that a loop device covers.
   *
   * @param limited the loop device has a size limit
   */
  private record Place(long offset, long end, boolean limited) {
    /** True if a file of that size can be the backing file. */
    boolean fits(long bytes) {
      return end <= bytes && (limited || bytes - end < ChunkSize.SECTOR_BYTES);
    }
  }

  private @Nullable Place place(DeviceNumber device) {
    String offset = SysBlock.attribute(device, "loop/offset");
    String limit = SysBlock.attribute(device, "loop/sizelimit");
    Long bytes = sys.sizeBytes(device);
    try {
      long start = Long.parseLong(String.valueOf(offset));
      return bytes == null || limit == null
          ? null
          : new Place(start, Math.addExact(start, bytes), !limit.equals("0"));
    } catch (NumberFormatException | ArithmeticException e) {
      return null;
    }
  }

  /** Queries the device, which requires permission to open it. */
  private Backing query(DeviceNumber device) {
    int fd = syscalls.tryOpen(sys.kernelPath(device), LibC.O_RDONLY | LibC.O_NONBLOCK);
    if (fd == -Errno.EACCES || fd == -Errno.EPERM) {
      return byName(device);
    }
    if (fd < 0) {
      return Backing.UNKNOWN;
    }
    try {
      LoopStatus status =
          device.equals(syscalls.status(fd, "").specialDevice())
              ? LoopStatus.of(syscalls, fd)
              : null;
      return status == null ? Backing.UNKNOWN : decoded(device, status);
    } finally {
      syscalls.libC().close(fd);
    }
  }

  private Backing decoded(DeviceNumber device, LoopStatus status) {
    DeviceNumber block = status.blockDevice();
    if (block != null) {
      return Backing.ofDevice(block, status.offset());
    }
    String file = status.file();
    if (status.fileSystem().major() != 0) {
      return Backing.ofFile(file, status.offset());
    }
    String real = withoutDisk(device, status.fileSystem(), file);
    return real == null ? Backing.UNKNOWN_FILE : Backing.ofFile(real, status.offset());
  }

  /** A file system without a disk may be an overlay: then the file is in one of its layers. */
  private @Nullable String withoutDisk(DeviceNumber device, DeviceNumber fileSystem, String file) {
    String path = SysBlock.attribute(device, "loop/backing_file");
    for (Mounts.Mount mount : mounts.ofFileSystem(fileSystem)) {
      if (!mount.isOverlay()) {
        return file;
      }
      FileStatus shown = path == null ? null : syscalls.tryStatus(mount.prefix() + path);
      if (path != null && shown != null && shown.identity().equals(file)) {
        return overlays.beneath(mount, path, shown);
      }
    }
    // A btrfs subvolume has a device number that no mount shows.
    FileStatus named = path == null ? null : syscalls.tryStatus(path);
    return path != null && named != null && named.identity().equals(file)
        ? overlays.identity(path, named)
        : null;
  }

  /** Without permission to open the loop device, only the name of the backing file is known. */
  private Backing byName(DeviceNumber device) {
    String path = SysBlock.attribute(device, "loop/backing_file");
    FileStatus status = path == null ? null : syscalls.tryStatus(path);
    Place place = place(device);
    if (path == null || status == null || place == null) {
      return Backing.UNKNOWN;
    }
    if (status.isBlock()) {
      return Backing.ofDevice(status.specialDevice(), place.offset());
    }
    // The name may belong to another file by now, or in this mount namespace.
    boolean plausible = status.isRegular() && place.fits(status.size());
    String file = plausible ? overlays.identity(path, status) : null;
    return file == null ? Backing.UNKNOWN : Backing.ofFile(file, place.offset());
  }
}

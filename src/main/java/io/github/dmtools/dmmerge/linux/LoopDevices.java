package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What loop devices are attached to. One that cannot be seen may be attached to anything, but for a
 * file whose size does not fit.
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
   * Asks nothing yet.
   *
   * @param looked the file or device that is looked for
   */
  LoopDevices(Syscalls syscalls, SysBlock sys, Mounts mounts, FileStatus looked) {
    this.looked = looked;
    this.syscalls = syscalls;
    this.sys = sys;
    this.mounts = mounts;
    this.overlays = new OverlayFiles(syscalls, mounts);
  }

  /**
   * What a loop device is attached to.
   *
   * @param file its identity, if it is a file; else null
   * @param device its number, if it is a block device; else null. Where both are null, it cannot be
   *     seen which file or device it is
   * @param offset the byte of it that the loop device starts at
   * @param mayBeDevice it is not known to be a file
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

  /** Null if the device is no loop device that is attached to what is looked for or is known. */
  @Nullable Backing backing(DeviceNumber device) {
    if (!sys.isAttachedLoop(device)) {
      return null;
    }
    Backing backing = known.computeIfAbsent(device, this::ask);
    boolean matters =
        !backing.isUnknown()
            || ((filesMatter || backing.mayBeDevice())
                && mayHaveSize(device)
                && sys.isAttachedLoop(device));
    return matters ? backing : null;
  }

  /** From now on only devices are looked for: no file is at the bottom of the one looked at. */
  void ignoreUnknownFiles() {
    filesMatter = false;
  }

  private boolean mayHaveSize(DeviceNumber device) {
    Place place = place(device);
    return looked.isBlock() || place == null || place.fits(looked.size());
  }

  /**
   * The bytes of its file that a loop device has.
   *
   * @param limited it ends there whatever the size of the file
   */
  private record Place(long offset, long end, boolean limited) {
    /** Whether a file of that size can be the one, unless its size was changed since. */
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

  /** The device itself is asked. That needs the permission to open it. */
  private Backing ask(DeviceNumber device) {
    int fd = syscalls.tryOpen(sys.kernelPath(device), LibC.O_RDONLY | LibC.O_NONBLOCK);
    if (fd == -Errno.EACCES || fd == -Errno.EPERM) {
      return byName(device);
    }
    if (fd < 0) {
      return Backing.UNKNOWN;
    }
    try {
      byte[] info = new byte[LoopStatus.BYTES];
      return device.equals(syscalls.status(fd, "").specialDevice())
              && syscalls.libC().ioctl(fd, LibC.LOOP_GET_STATUS64, info) == 0
          ? decoded(device, LoopStatus.decode(info))
          : Backing.UNKNOWN;
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

  /**
   * A file system without a disk of its own may be an overlay: the file is in one of its layers.
   */
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
    // A subvolume of btrfs has a number of its own, which no mount shows.
    FileStatus named = path == null ? null : syscalls.tryStatus(path);
    return path != null && named != null && named.identity().equals(file)
        ? overlays.identity(path, named)
        : null;
  }

  /** Without permission to open loop devices, only the backing file's name is known. */
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
    // Another file may have the name by now, or in this mount namespace.
    boolean plausible = status.isRegular() && place.fits(status.size());
    String file = plausible ? overlays.identity(path, status) : null;
    return file == null ? Backing.UNKNOWN : Backing.ofFile(file, place.offset());
  }
}

package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.PersistentId;
import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import org.jspecify.annotations.Nullable;

/**
 * Names for devices that stay the same over a reboot, unlike device numbers and names in {@code
 * /dev}. Source: {@code Documentation/ABI} of the kernel, {@code sysfs-block}.
 */
final class PersistentIds {
  private static final String LVM = "LVM-";

  /** Suffix of the hidden layer beneath an LVM volume with snapshots: it has the same bytes. */
  private static final String REAL = "-real";

  private static final String PARTITION_UUID = "PARTUUID=";

  /** Attributes with the name of a disk, worldwide names first. */
  private static final String[] DISK_ATTRIBUTES = {
    "wwid", "device/wwid", "serial", "device/serial"
  };

  private final Syscalls syscalls;
  private final SysBlock sys;

  PersistentIds(Syscalls syscalls, SysBlock sys) {
    this.syscalls = syscalls;
    this.sys = sys;
  }

  /**
   * Returns the name of an open file or device.
   *
   * @param path a current path of it, such as the symbolic link in /proc to its descriptor
   */
  PersistentId of(FileStatus status, String path) {
    return status.isBlock() ? of(status.specialDevice()) : ofFile(status, path);
  }

  private PersistentId ofFile(FileStatus status, String path) {
    // Inode numbers are reused, so the creation time is added.
    String birth = status.birth();
    String name = "file:" + status.inode() + (birth == null ? "" : ":" + birth);
    boolean known = birth != null;
    // On an overlay, number and creation time may be those of a lower file: they change when the
    // file
    // is copied up.
    boolean lasting = known && !OverlayFiles.isOverlay(syscalls, path);
    return new PersistentId(name, lasting, name, known);
  }

  private PersistentId of(DeviceNumber device) {
    String uuid = sys.dmUuid(device);
    if (uuid != null && !uuid.isEmpty()) {
      return new PersistentId("dm:" + withoutLayer(uuid), true);
    }
    String file = SysBlock.attribute(device, "loop/backing_file");
    if (file != null) {
      return ofLoop(device, file);
    }
    SysBlock.Partition partition = sys.partition(device);
    return partition == null ? ofDisk(device) : ofPartition(device, partition);
  }

  /**
   * A loop device is identified by its backing file, not by that file's path, which may lead to
   * another file later.
   */
  private PersistentId ofLoop(DeviceNumber device, String file) {
    String formerText = "loop:" + SysBlock.attribute(device, "loop/offset") + ":" + file;
    boolean formerLasting = !file.endsWith(" (deleted)");
    LoopStatus loop = loopStatus(device);
    PersistentId backing = loop == null ? null : backing(loop, file);
    if (loop == null || backing == null) {
      return new PersistentId(formerText, false, formerText, formerLasting);
    }
    boolean whole = loop.offset() == 0 && loop.sizeLimit() == 0;
    String place = whole ? "" : "loop:" + loop.offset() + ":" + loop.sizeLimit() + ":";
    return new PersistentId(place + backing.text(), backing.lasting(), formerText, formerLasting);
  }

  /** Null if the path leads to another file, as it may in another mount namespace. */
  private @Nullable PersistentId backing(LoopStatus loop, String file) {
    DeviceNumber block = loop.blockDevice();
    if (block != null) {
      return of(block);
    }
    FileStatus status = syscalls.tryStatus(file);
    return status != null && status.identity().equals(loop.file()) ? ofFile(status, file) : null;
  }

  private @Nullable LoopStatus loopStatus(DeviceNumber device) {
    int fd = syscalls.tryOpen(sys.kernelPath(device), LibC.O_RDONLY | LibC.O_NONBLOCK);
    if (fd < 0) {
      return null;
    }
    try {
      return device.equals(syscalls.status(fd, "").specialDevice())
          ? LoopStatus.of(syscalls, fd)
          : null;
    } finally {
      syscalls.libC().close(fd);
    }
  }

  static String withoutLayer(String dmUuid) {
    return dmUuid.startsWith(LVM) && dmUuid.endsWith(REAL)
        ? dmUuid.substring(0, dmUuid.length() - REAL.length())
        : dmUuid;
  }

  private PersistentId ofPartition(DeviceNumber device, SysBlock.Partition partition) {
    String uuid = partitionUuid(SysBlock.attribute(device, "uevent"));
    boolean onLoop = sys.isAttachedLoop(partition.disk());
    if (uuid != null && !onLoop) {
      return new PersistentId("partition:" + uuid, true);
    }
    // A copy of an image has the same partition UUIDs.
    PersistentId disk = of(partition.disk());
    String place = "partition:" + partition.startByte() / ChunkSize.SECTOR_BYTES + ":";
    return uuid == null
        ? new PersistentId(
            place + disk.text(), disk.lasting(), place + disk.formerText(), disk.formerLasting())
        : new PersistentId(place + disk.text(), disk.lasting(), "partition:" + uuid, true);
  }

  /** The PARTUUID of a uevent; null if it has none, as before Linux 6.9. */
  static @Nullable String partitionUuid(@Nullable String uevent) {
    if (uevent == null) {
      return null;
    }
    return uevent
        .lines()
        .filter(line -> line.startsWith(PARTITION_UUID))
        .map(line -> line.substring(PARTITION_UUID.length()))
        .findFirst()
        .orElse(null);
  }

  private PersistentId ofDisk(DeviceNumber device) {
    for (String attribute : DISK_ATTRIBUTES) {
      String value = SysBlock.attribute(device, attribute);
      if (value != null && !value.isEmpty()) {
        return new PersistentId("disk:" + value, true);
      }
    }
    return new PersistentId("name:" + sys.nodePath(device), false);
  }
}

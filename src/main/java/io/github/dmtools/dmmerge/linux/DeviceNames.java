package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.LastingName;
import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import org.jspecify.annotations.Nullable;

/**
 * Names that survive a reboot, by what a device has that is its own and not its place: numbers and
 * names in {@code /dev} are given anew each time. Source: {@code Documentation/ABI} of the kernel,
 * {@code sysfs-block}.
 */
final class DeviceNames {
  private static final String LVM = "LVM-";

  /** Of the layer beneath an LVM volume that has snapshots: the same bytes as the volume. */
  private static final String REAL = "-real";

  private static final String PARTITION_UUID = "PARTUUID=";

  /** Where the kinds of disks have a name of their own, worldwide names first. */
  private static final String[] DISK_ATTRIBUTES = {
    "wwid", "device/wwid", "serial", "device/serial"
  };

  private final SysBlock sys;

  DeviceNames(SysBlock sys) {
    this.sys = sys;
  }

  LastingName of(FileStatus status) {
    if (status.isBlock()) {
      return of(status.specialDevice());
    }
    // An inode's number alone goes to another file once this one is gone.
    String birth = status.birth();
    String name = "file:" + status.inode();
    return birth == null ? new LastingName(name, false) : new LastingName(name + ":" + birth, true);
  }

  private LastingName of(DeviceNumber device) {
    String uuid = sys.dmUuid(device);
    if (uuid != null && !uuid.isEmpty()) {
      return new LastingName("dm:" + withoutLayer(uuid), true);
    }
    String file = SysBlock.attribute(device, "loop/backing_file");
    if (file != null) {
      String offset = SysBlock.attribute(device, "loop/offset");
      return new LastingName("loop:" + offset + ":" + file, !file.endsWith(" (deleted)"));
    }
    SysBlock.Partition partition = sys.partition(device);
    return partition == null ? ofDisk(device) : ofPartition(device, partition);
  }

  static String withoutLayer(String dmUuid) {
    return dmUuid.startsWith(LVM) && dmUuid.endsWith(REAL)
        ? dmUuid.substring(0, dmUuid.length() - REAL.length())
        : dmUuid;
  }

  private LastingName ofPartition(DeviceNumber device, SysBlock.Partition partition) {
    String uuid = partitionUuid(SysBlock.attribute(device, "uevent"));
    if (uuid != null) {
      return new LastingName("partition:" + uuid, true);
    }
    LastingName disk = of(partition.disk());
    return new LastingName(
        "partition:" + partition.startByte() / ChunkSize.SECTOR_BYTES + ":" + disk.text(),
        disk.lasting());
  }

  /** PARTUUID of a uevent; null if it tells none, as before Linux 6.9. */
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

  private LastingName ofDisk(DeviceNumber device) {
    for (String attribute : DISK_ATTRIBUTES) {
      String value = SysBlock.attribute(device, attribute);
      if (value != null && !value.isEmpty()) {
        return new LastingName("disk:" + value, true);
      }
    }
    return new LastingName("name:" + sys.nodePath(device), false);
  }
}

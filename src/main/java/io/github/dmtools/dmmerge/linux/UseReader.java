package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.device.DeviceUse;
import io.github.dmtools.dmmerge.device.PhysicalRanges;
import io.github.dmtools.dmmerge.device.UsedDevice;
import io.github.dmtools.dmmerge.device.UsedDevice.Kind;
import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import io.github.dmtools.dmmerge.linux.StorageStack.Reach;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the block devices that share sectors with a device, and who uses them. Sources: {@code
 * Documentation/ABI} of the kernel for {@code /sys/dev/block}, and proc(5).
 */
final class UseReader {
  private final SysBlock sys = new SysBlock();
  private final Syscalls syscalls;
  private final Mounts mounts;
  private final Swaps swaps;
  private final LoopDevices loops;
  private final StorageStack stack;
  private final OverlayFiles overlays;
  private final OwnDescriptors ownDescriptors;
  private final Set<String> unseen = new LinkedHashSet<>();

  UseReader(LinuxSurvey survey, FileStatus looked) {
    this.syscalls = survey.syscalls();
    this.mounts = survey.mounts();
    this.swaps = survey.swaps();
    this.loops = new LoopDevices(syscalls, sys, mounts, looked);
    this.stack = new StorageStack(sys, loops, new DmTables(syscalls));
    this.overlays = new OverlayFiles(syscalls, mounts);
    this.ownDescriptors = survey.ownDescriptors();
    unseen.addAll(survey.hidden());
  }

  DeviceUse useOf(LinuxDevice device) {
    FileStatus status = device.status();
    return status.isBlock()
        ? ofDevice(
            status.specialDevice(), syscalls.query(device.fd(), device.path(), LibC.BLKROGET) != 0)
        : ofFile(device.path(), device.descriptor(), syscalls.status(device.fd(), device.path()));
  }

  private DeviceUse ofDevice(DeviceNumber device, boolean readOnly) {
    if (!sys.shows(device)) {
      unseen.add("/sys does not show the device " + device);
    }
    Reach reach = stack.reach(device);
    List<UsedDevice> beneath = new ArrayList<>();
    for (DeviceNumber passed : reach.passed()) {
      if (!passed.equals(device)) {
        beneath.add(used(passed, false, false, reach.passed()));
      }
    }
    List<UsedDevice> others = others(reach.ranges(), device, reach.passed());
    return use(
        reach.ranges(), readOnly, used(device, false, true, reach.passed()), beneath, others);
  }

  private DeviceUse ofFile(String path, String descriptor, FileStatus status) {
    String identity = overlays.identityOfOpen(descriptor, status);
    if (identity == null) {
      unseen.add("the layers of its overlay file system are not visible");
      identity = status.identity();
    }
    unseen.addAll(swaps.unseen());
    for (String place : mounts.ofUnseenFiles()) {
      unseen.add("cannot determine which file is mounted on " + place);
    }
    PhysicalRanges ranges = PhysicalRanges.whole(identity, status.size());
    UsedDevice itself =
        new UsedDevice(
            path,
            "",
            Kind.FILE,
            null,
            Set.of(),
            false,
            true,
            mounts.ofFile(identity),
            swaps.holds(identity),
            false,
            false);
    return use(ranges, false, itself, List.of(), others(ranges, null, Set.of()));
  }

  private DeviceUse use(
      PhysicalRanges ranges,
      boolean readOnly,
      UsedDevice itself,
      List<UsedDevice> beneath,
      List<UsedDevice> others) {
    unseen.addAll(stack.unseen());
    return new DeviceUse(
        List.copyOf(unseen), ranges, readOnly, itself, List.copyOf(beneath), List.copyOf(others));
  }

  /** The other devices that share sectors with the ranges, those stacked on the device first. */
  private List<UsedDevice> others(
      PhysicalRanges ranges, @Nullable DeviceNumber device, Set<DeviceNumber> known) {
    Set<String> bottom = ranges.storages();
    if (bottom.stream().noneMatch(storage -> storage.startsWith("file:"))) {
      loops.ignoreUnknownFiles();
    }
    List<UsedDevice> stacked = new ArrayList<>();
    List<UsedDevice> beside = new ArrayList<>();
    for (DeviceNumber other : sys.all()) {
      addHidden(other);
      if (known.contains(other) || !mayReach(other, bottom)) {
        continue;
      }
      Reach reach = stack.reach(other);
      if (!reach.ranges().overlap(ranges)) {
        continue;
      }
      boolean isStacked = device == null || reach.passed().contains(device);
      (isStacked ? stacked : beside)
          .add(used(other, isStacked, reach.ranges().contain(ranges), known));
    }
    stacked.addAll(beside);
    return stacked;
  }

  private void addHidden(DeviceNumber device) {
    String directory = sys.treePath(device);
    if (directory == null || !sys.shows(device)) {
      if (sys.lists(device)) {
        unseen.add("/sys does not show the device " + device);
      }
    } else if (mounts.hidesPartOf(directory)) {
      unseen.add("something is mounted on " + directory);
    }
  }

  /** Avoids reading the tables of devices that have no disk or file in common. */
  private boolean mayReach(DeviceNumber other, Set<String> bottom) {
    Set<String> theirs = stack.bottom(other);
    if (theirs == null) {
      return true;
    }
    return !Collections.disjoint(theirs, bottom);
  }

  private UsedDevice used(
      DeviceNumber device, boolean stacked, boolean containsAll, Set<DeviceNumber> passed) {
    String dmUuid = sys.dmUuid(device);
    DmTables.Table table = dmUuid == null ? null : stack.table(device);
    return new UsedDevice(
        sys.nodePath(device),
        device.toString(),
        kind(device, dmUuid),
        dmUuid,
        table == null
            ? Set.of()
            : table.targets().stream().map(DmTarget::type).collect(Collectors.toSet()),
        stacked,
        containsAll,
        mounts.of(device),
        isSwap(device),
        isHeld(device, passed),
        table != null && isOpenElsewhere(device, table));
  }

  private boolean isSwap(DeviceNumber device) {
    return swaps.holds(StorageStack.storage(device));
  }

  /**
   * True if another device has claimed the device. A disk and its partitions also prevent each
   * other from being claimed.
   */
  private boolean isHeld(DeviceNumber device, Set<DeviceNumber> passed) {
    SysBlock.Partition partition = sys.partition(device);
    return !sys.holders(device).isEmpty()
        || (partition != null && !sys.holders(partition.disk()).isEmpty())
        || sys.partitionsOf(device).stream()
            .anyMatch(
                part ->
                    passed.contains(part)
                        || !sys.holders(part).isEmpty()
                        || !mounts.of(part).isEmpty()
                        || isSwap(part));
  }

  private boolean isOpenElsewhere(DeviceNumber device, DmTables.Table table) {
    if (!mounts.of(device).isEmpty() || isSwap(device)) {
      return false;
    }
    long loopsOnIt =
        sys.all().stream()
            .map(loops::backing)
            .filter(backing -> backing != null && device.equals(backing.device()))
            .count();
    return table.opens() > sys.holders(device).size() + loopsOnIt + ownDescriptors.of(device);
  }

  private Kind kind(DeviceNumber device, @Nullable String dmUuid) {
    if (dmUuid != null) {
      return Kind.DEVICE_MAPPER;
    }
    return sys.partition(device) == null ? Kind.OTHER : Kind.PARTITION;
  }
}

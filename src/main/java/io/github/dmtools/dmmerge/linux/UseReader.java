package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.DeviceUse;
import io.github.dmtools.dmmerge.device.DeviceUse.Holder;
import io.github.dmtools.dmmerge.device.Storage;
import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Follows a device down to where its bytes lie, and up to everything that is stacked on it.
 * Sources: {@code Documentation/ABI} of the kernel, for {@code /sys/dev/block}, and proc(5).
 */
final class UseReader {
  private final SysBlock sys;
  private final DmTable tables;
  private final Mounts mounts;
  private final Swaps swaps;

  UseReader(Syscalls syscalls) {
    this.sys = new SysBlock(syscalls);
    this.tables = new DmTable(syscalls);
    this.mounts = Mounts.read(syscalls);
    this.swaps = Swaps.read(syscalls);
  }

  /** Whether the system tells at all: in a bare chroot, or in some containers, it does not. */
  static boolean canTell() {
    return Files.isReadable(Path.of("/proc/self/mountinfo"))
        && Files.isDirectory(Path.of("/sys/dev/block"))
        && Files.isDirectory(Path.of("/sys/block"));
  }

  DeviceUse useOf(FileStatus status, long sizeBytes, boolean readOnly) {
    ByteRange whole = new ByteRange(0, sizeBytes);
    Descent descent = new Descent();
    Map<String, Holder> holders = new LinkedHashMap<>();
    String identity = status.identity();
    if (status.isBlock()) {
      descent.into(status.specialDevice(), whole);
      addHolders(status.specialDevice(), true, holders);
    } else {
      descent.exact.add(new Storage(identity, whole));
    }
    addNeighbours(descent, holders);
    return new DeviceUse(
        canTell(),
        descent.lowest(),
        descent.all(),
        status.isBlock() ? sys.dmUuid(status.specialDevice()) : null,
        status.isBlock() ? targets(status.specialDevice()) : Set.of(),
        readOnly,
        status.isBlock() ? mounts.of(status.specialDevice()) : List.of(),
        swaps.holds(identity),
        List.copyOf(holders.values()));
  }

  private Set<String> targets(DeviceNumber device) {
    return sys.dmUuid(device) == null ? Set.of() : tables.targets(device);
  }

  /** The way down from a device. */
  private final class Descent {
    /** The device itself, and below it what holds the very same bytes: partitions, loop devices. */
    private final List<Storage> exact = new ArrayList<>();

    /** The devices below, on which only device-mapper or md knows the place. */
    private final List<Storage> vague = new ArrayList<>();

    Storage lowest() {
      return exact.get(exact.size() - 1);
    }

    List<Storage> all() {
      List<Storage> all = new ArrayList<>(exact);
      all.addAll(vague);
      return all;
    }

    boolean passes(DeviceNumber device) {
      return exact.stream().anyMatch(step -> step.id().equals(identity(device)));
    }

    void into(DeviceNumber device, ByteRange range) {
      exact.add(new Storage(identity(device), range));
      SysBlock.Partition partition = sys.partition(device);
      SysBlock.Loop loop = sys.loop(device);
      if (partition != null) {
        long start = Math.multiplyExact(partition.startSector(), ChunkSize.SECTOR_BYTES);
        into(partition.disk(), shift(range, start));
      } else if (loop != null && loop.blockDevice() != null) {
        into(loop.blockDevice(), shift(range, loop.offset()));
      } else if (loop != null) {
        exact.add(new Storage(loop.identity(), shift(range, loop.offset())));
      } else {
        intoSlaves(device);
      }
    }

    private void intoSlaves(DeviceNumber device) {
      for (DeviceNumber slave : sys.slaves(device)) {
        // Which part of a slave is used only the table knows: all of it, then.
        Descent below = new Descent();
        below.into(slave, new ByteRange(0, sys.sizeBytes(slave)));
        vague.addAll(below.all());
      }
    }
  }

  private static String identity(DeviceNumber device) {
    return "block:" + device;
  }

  private static ByteRange shift(ByteRange range, long start) {
    return new ByteRange(Math.addExact(range.offset(), start), range.length());
  }

  /**
   * What else lies on the very bytes that the device's bytes lie on: a second loop device over its
   * file, a file system on the whole disk that it is a partition of.
   */
  private void addNeighbours(Descent descent, Map<String, Holder> holders) {
    for (Storage step : descent.exact) {
      for (DeviceNumber loop : sys.loopsOver(step.id())) {
        SysBlock.Loop place = sys.loop(loop);
        boolean overlaps =
            place != null
                && step.range().overlaps(new ByteRange(place.offset(), sys.sizeBytes(loop)));
        if (overlaps && !descent.passes(loop)) {
          addHolder(loop, true, holders);
        }
      }
      DeviceNumber device = SysBlock.deviceOf(step.id());
      if (device == null || step.equals(descent.exact.get(0))) {
        continue;
      }
      if (isUsed(device)) {
        addHolder(device, true, holders);
      }
      sys.holders(device).forEach(holder -> addHolder(holder, true, holders));
    }
  }

  private boolean isUsed(DeviceNumber device) {
    return !mounts.of(device).isEmpty() || swaps.holds(identity(device));
  }

  private void addHolders(DeviceNumber device, boolean direct, Map<String, Holder> holders) {
    for (DeviceNumber holder : sys.holders(device)) {
      addHolder(holder, direct, holders);
    }
    for (DeviceNumber loop : sys.loopsOver(identity(device))) {
      addHolder(loop, direct, holders);
    }
    for (DeviceNumber partition : sys.partitionsOf(device)) {
      // A partition is part of its disk, not a user of it, until somebody uses the partition.
      if (isUsed(partition)) {
        addHolder(partition, direct, holders);
      } else {
        addHolders(partition, direct, holders);
      }
    }
  }

  private void addHolder(DeviceNumber device, boolean direct, Map<String, Holder> holders) {
    Holder holder =
        new Holder(
            sys.nodePath(device),
            sys.dmUuid(device),
            targets(device),
            direct,
            mounts.of(device),
            swaps.holds(identity(device)));
    if (holders.putIfAbsent(device.toString(), holder) == null) {
      addHolders(device, false, holders);
    }
  }
}

package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.DeviceUse;
import io.github.dmtools.dmmerge.device.DeviceUse.Holder;
import io.github.dmtools.dmmerge.device.Storage;
import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Follows a device down to where its bytes lie, and up to everything that is stacked on it.
 * Sources: {@code Documentation/ABI} of the kernel, for {@code /sys/dev/block}, and proc(5).
 */
final class UseReader {
  private final SysBlock sys;
  private final Mounts mounts;
  private final Swaps swaps;

  UseReader(Syscalls syscalls) {
    this.sys = new SysBlock(syscalls);
    this.mounts = Mounts.read(syscalls);
    this.swaps = Swaps.read(syscalls);
  }

  DeviceUse useOf(FileStatus status, long sizeBytes, boolean readOnly) {
    ByteRange whole = new ByteRange(0, sizeBytes);
    List<Storage> builtOn = new ArrayList<>();
    String identity = status.identity();
    Map<String, Holder> holders = new LinkedHashMap<>();
    if (!status.isBlock()) {
      builtOn.add(new Storage(identity, whole));
      for (DeviceNumber loop : sys.loopsOver(identity)) {
        addHolder(loop, true, holders);
      }
      return new DeviceUse(
          builtOn.get(0),
          builtOn,
          null,
          readOnly,
          List.of(),
          swaps.holds(identity),
          asList(holders));
    }
    DeviceNumber device = status.specialDevice();
    Storage storage = descend(device, whole, builtOn);
    addHolders(device, true, holders);
    return new DeviceUse(
        storage,
        builtOn,
        sys.dmUuid(device),
        readOnly,
        mounts.of(device),
        swaps.holds(identity),
        asList(holders));
  }

  private static List<Holder> asList(Map<String, Holder> holders) {
    return List.copyOf(holders.values());
  }

  /** The lowest place that the range's bytes can be followed to; collects all on the way. */
  private Storage descend(DeviceNumber device, ByteRange range, List<Storage> builtOn) {
    Storage here = new Storage("block:" + device, range);
    builtOn.add(here);
    SysBlock.Partition partition = sys.partition(device);
    if (partition != null) {
      long start = Math.multiplyExact(partition.startSector(), ChunkSize.SECTOR_BYTES);
      return descend(partition.disk(), shift(range, start), builtOn);
    }
    SysBlock.Loop loop = sys.loop(device);
    if (loop != null) {
      ByteRange inFile = shift(range, loop.offset());
      if (loop.backing().isBlock()) {
        return descend(loop.backing().specialDevice(), inFile, builtOn);
      }
      Storage file = new Storage(loop.backing().identity(), inFile);
      builtOn.add(file);
      return file;
    }
    for (DeviceNumber slave : sys.slaves(device)) {
      // Which part of a slave is used only the table knows: all of it, then.
      descend(slave, new ByteRange(0, sys.sizeBytes(slave)), builtOn);
    }
    return here;
  }

  private static ByteRange shift(ByteRange range, long start) {
    return new ByteRange(Math.addExact(range.offset(), start), range.length());
  }

  private void addHolders(DeviceNumber device, boolean direct, Map<String, Holder> holders) {
    for (DeviceNumber holder : sys.holders(device)) {
      addHolder(holder, direct, holders);
    }
    for (DeviceNumber loop : sys.loopsOver("block:" + device)) {
      addHolder(loop, direct, holders);
    }
    for (DeviceNumber partition : sys.partitionsOf(device)) {
      // A partition is part of its disk, not a user of it, until somebody uses the partition.
      if (!mounts.of(partition).isEmpty() || swaps.holds("block:" + partition)) {
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
            direct,
            mounts.of(device),
            swaps.holds("block:" + device));
    if (holders.putIfAbsent(device.toString(), holder) == null) {
      addHolders(device, false, holders);
    }
  }
}

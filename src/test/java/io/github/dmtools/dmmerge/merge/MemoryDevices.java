package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.DeviceUse;
import io.github.dmtools.dmmerge.device.Devices;
import io.github.dmtools.dmmerge.device.MemoryDisk;
import io.github.dmtools.dmmerge.device.Storage;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.WarningSink;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A system whose devices are in memory, and used as the test says. */
final class MemoryDevices implements Devices {
  private final Map<String, MemoryDisk> disks = new HashMap<>();
  private final Map<String, DeviceUse> uses = new HashMap<>();
  private int openedForWriting;

  MemoryDevices add(MemoryDisk disk) {
    disks.put(disk.path(), disk);
    return use(disk.path(), free(disk));
  }

  MemoryDevices use(String path, DeviceUse use) {
    uses.put(path, use);
    return this;
  }

  /** A disk that nobody uses. */
  static DeviceUse free(MemoryDisk disk) {
    Storage storage = new Storage(disk.path(), new ByteRange(0, disk.size()));
    return new DeviceUse(true, storage, List.of(storage), null, false, List.of(), false, List.of());
  }

  int openedForWriting() {
    return openedForWriting;
  }

  @Override
  public boolean isFile(String path) {
    return false;
  }

  @Override
  public BlockDevice openForReading(String path, boolean direct, WarningSink warnings) {
    return disk(path).openForReading();
  }

  @Override
  public BlockDevice openForWriting(BlockDevice reader, boolean shared, WarningSink warnings) {
    openedForWriting++;
    return disk(reader.path()).openForWriting();
  }

  @Override
  public DeviceUse useOf(BlockDevice device) {
    DeviceUse use = uses.get(device.path());
    if (use == null) {
      throw new AssertionError(device.path() + " is not of this system");
    }
    return use;
  }

  private MemoryDisk disk(String path) {
    MemoryDisk disk = disks.get(path);
    if (disk == null) {
      throw new ProblemException(Problem.at(ProblemCode.PATH_MISSING, path, "no " + path));
    }
    return disk;
  }
}

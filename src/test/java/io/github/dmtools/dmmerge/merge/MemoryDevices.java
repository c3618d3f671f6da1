package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.Claims;
import io.github.dmtools.dmmerge.device.DeviceUse;
import io.github.dmtools.dmmerge.device.Devices;
import io.github.dmtools.dmmerge.device.Identification;
import io.github.dmtools.dmmerge.device.LockMode;
import io.github.dmtools.dmmerge.device.MemoryDisk;
import io.github.dmtools.dmmerge.device.MemoryFile;
import io.github.dmtools.dmmerge.device.PersistentId;
import io.github.dmtools.dmmerge.device.PhysicalRanges;
import io.github.dmtools.dmmerge.device.PreallocatedFile;
import io.github.dmtools.dmmerge.device.Survey;
import io.github.dmtools.dmmerge.device.UsedDevice;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.WarningSink;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A system with devices in memory, whose use the test sets. */
final class MemoryDevices implements Devices {
  private final Map<String, MemoryDisk> disks = new HashMap<>();
  private final Map<String, DeviceUse> uses = new HashMap<>();
  private final Set<String> undoFiles = new HashSet<>();
  private final Map<String, PersistentId> names = new HashMap<>();
  private final Set<String> claimed = new HashSet<>();
  private final Map<String, Identification> contents = new HashMap<>();
  private final Set<String> files = new HashSet<>();
  private UUID boot = new UUID(1, 1);
  private int openedForWriting;
  private long room = Long.MAX_VALUE;

  MemoryDevices add(MemoryDisk disk) {
    disks.put(disk.path(), disk);
    return use(disk.path(), free(disk));
  }

  MemoryDevices use(String path, DeviceUse use) {
    uses.put(path, use);
    return this;
  }

  MemoryDevices name(String path, String text, boolean lasting) {
    names.put(path, new PersistentId(text, lasting));
    return this;
  }

  /** Reboots the system. */
  void reboot() {
    boot = new UUID(boot.getMostSignificantBits(), boot.getLeastSignificantBits() + 1);
  }

  /** Sets the identified content of a disk. */
  MemoryDevices identify(String path, Identification content) {
    contents.put(path, content);
    return this;
  }

  /** Makes a disk a regular file. */
  MemoryDevices file(String path) {
    files.add(path);
    return this;
  }

  /** Limits the size of each preallocated file. */
  void room(long bytes) {
    room = bytes;
  }

  /** The disk or preallocated file at a path. */
  MemoryDisk at(String path) {
    return disk(path);
  }

  /** The use of an unused disk. */
  static DeviceUse free(MemoryDisk disk) {
    return new DeviceUse(
        List.of(),
        PhysicalRanges.whole(disk.path(), disk.size()),
        false,
        UsedDevices.itself(disk.path(), null),
        List.of(),
        List.of());
  }

  int openedForWriting() {
    return openedForWriting;
  }

  @Override
  public boolean isFile(String path) {
    return undoFiles.contains(path);
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
  public void copyUp(String path) {}

  @Override
  public Claims newClaims() {
    return new Claims() {
      @Override
      public void add(List<UsedDevice> devices) {
        devices.forEach(device -> claimed.add(device.path()));
      }

      @Override
      public void close() {
        claimed.clear();
      }
    };
  }

  /** The currently claimed devices. */
  Set<String> claimed() {
    return claimed;
  }

  @Override
  public Survey survey() {
    return this::useOf;
  }

  private DeviceUse useOf(BlockDevice device) {
    DeviceUse use = uses.get(device.path());
    if (use == null) {
      throw new AssertionError(device.path() + " is not of this system");
    }
    return use;
  }

  @Override
  public Identification identify(BlockDevice device) {
    return contents.getOrDefault(device.path(), Identification.of(null));
  }

  @Override
  public boolean startsAFile(BlockDevice device) {
    return files.contains(device.path());
  }

  @Override
  public PersistentId nameOf(BlockDevice device) {
    return names.getOrDefault(device.path(), new PersistentId("disk:" + device.path(), true));
  }

  @Override
  public @Nullable UUID bootId() {
    return boot;
  }

  @Override
  public @Nullable PreallocatedFile openPreallocated(String path) {
    MemoryDisk disk = disks.get(path);
    if (disk == null) {
      return null;
    }
    MemoryFile file = new MemoryFile(disk, room, () -> {});
    if (!file.tryLock(LockMode.EXCLUSIVE)) {
      throw new ProblemException(Problem.at(ProblemCode.DEVICE_BUSY, path, "locked"));
    }
    return file;
  }

  @Override
  public PreallocatedFile createPreallocated(String path, long bytes) {
    MemoryDisk disk = new MemoryDisk(path, new byte[0]);
    MemoryFile file = new MemoryFile(disk, room, () -> publish(disk));
    file.reserve(bytes);
    file.tryLock(LockMode.EXCLUSIVE);
    return file;
  }

  private void publish(MemoryDisk disk) {
    undoFiles.add(disk.path());
    add(disk);
  }

  private MemoryDisk disk(String path) {
    MemoryDisk disk = disks.get(path);
    if (disk == null) {
      throw new ProblemException(Problem.at(ProblemCode.PATH_MISSING, path, "no " + path));
    }
    return disk;
  }
}

package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.device.PhysicalRange;
import io.github.dmtools.dmmerge.device.PhysicalRange.Passage;
import io.github.dmtools.dmmerge.device.PhysicalRanges;
import io.github.dmtools.dmmerge.linux.FileStatus.DeviceNumber;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows block devices down to physical storage, which is a disk or a file: through partitions,
 * loop devices, device-mapper tables, and anything else that {@code /sys} shows to be stacked.
 */
final class StorageStack {
  private static final int MAX_LEVELS = 64;

  private final SysBlock sys;
  private final LoopDevices loops;
  private final DmTables tables;
  private final Map<DeviceNumber, DmTables.Table> knownTables = new HashMap<>();
  private final Set<String> unseen = new LinkedHashSet<>();

  StorageStack(SysBlock sys, LoopDevices loops, DmTables tables) {
    this.sys = sys;
    this.loops = loops;
    this.tables = tables;
  }

  /**
   * The storage that a device uses.
   *
   * @param passed every device on the way down, including the device itself
   */
  record Reach(PhysicalRanges ranges, Set<DeviceNumber> passed) {}

  Reach reach(DeviceNumber device) {
    Descent descent = new Descent();
    descent.intoWhole(device, List.of(), 0);
    return new Reach(PhysicalRanges.of(descent.found), descent.passed);
  }

  /**
   * The disks and files beneath a device, without device-mapper's tables.
   *
   * @return null if one of them is unknown
   */
  @Nullable Set<String> bottom(DeviceNumber device) {
    Set<String> found = new HashSet<>();
    return addBottom(device, found, 0) ? found : null;
  }

  private boolean addBottom(DeviceNumber device, Set<String> found, int level) {
    List<DeviceNumber> lower = new ArrayList<>(sys.slaves(device));
    SysBlock.Partition partition = sys.partition(device);
    if (partition != null) {
      lower.add(partition.disk());
    }
    LoopDevices.Backing backing = loops.backing(device);
    if (backing != null && (backing.isUnknown() || level > MAX_LEVELS)) {
      return false;
    }
    if (backing != null && backing.file() != null) {
      found.add(backing.file());
    } else if (backing != null && backing.device() != null) {
      lower.add(backing.device());
    } else if (lower.isEmpty()) {
      found.add(storage(device));
    }
    boolean all = true;
    for (DeviceNumber next : lower) {
      all &= addBottom(next, found, level + 1);
    }
    return all;
  }

  /** The live table of a device-mapper device; null if it cannot be read. */
  DmTables.@Nullable Table table(DeviceNumber device) {
    return knownTables.computeIfAbsent(device, tables::read);
  }

  /** What could not be determined, a sentence each. */
  Set<String> unseen() {
    return unseen;
  }

  static String storage(DeviceNumber device) {
    return "block:" + device;
  }

  private final class Descent {
    private final List<PhysicalRange> found = new ArrayList<>();
    private final Set<DeviceNumber> passed = new LinkedHashSet<>();

    private void into(DeviceNumber device, ByteRange range, List<Passage> through, int level) {
      if (level > MAX_LEVELS) {
        unseen.add(sys.nodePath(device) + " is stacked on too many devices");
        return;
      }
      if (range.length() == 0) {
        return;
      }
      passed.add(device);
      SysBlock.Partition partition = sys.partition(device);
      LoopDevices.Backing loop = loops.backing(device);
      if (partition != null) {
        into(partition.disk(), shift(range, partition.startByte()), through, level + 1);
      } else if (loop != null) {
        intoLoop(device, loop, range, through, level);
      } else if (sys.dmUuid(device) != null) {
        intoMapped(device, range, through, level);
      } else {
        List<DeviceNumber> slaves = sys.slaves(device);
        if (slaves.isEmpty()) {
          found.add(new PhysicalRange(storage(device), range, through));
        } else {
          intoAll(slaves, by(through, passage(device, "", range)), level);
        }
      }
    }

    private void intoLoop(
        DeviceNumber device,
        LoopDevices.Backing loop,
        ByteRange range,
        List<Passage> through,
        int level) {
      if (loop.device() != null) {
        into(loop.device(), shift(range, loop.offset()), through, level + 1);
      } else if (loop.file() != null) {
        found.add(new PhysicalRange(loop.file(), shift(range, loop.offset()), through));
      } else {
        unseen.add("cannot determine what " + sys.nodePath(device) + " is attached to");
      }
    }

    private void intoMapped(
        DeviceNumber device, ByteRange range, List<Passage> through, int level) {
      DmTables.Table table = table(device);
      if (table == null) {
        if (sys.shows(device)) {
          unseen.add("the device-mapper table of " + sys.nodePath(device) + " cannot be read");
        }
        return;
      }
      for (DmTarget target : table.targets()) {
        ByteRange within = target.range().intersection(range);
        if (within.length() == 0) {
          continue;
        }
        List<DmTarget.Lower> lower = target.lower(within);
        if (lower == null) {
          intoAll(sys.slaves(device), by(through, passage(device, "", within)), level);
          continue;
        }
        for (DmTarget.Lower next : lower) {
          List<Passage> nextThrough = by(through, passage(device, next, within));
          if (next.range() == null) {
            intoWhole(next.device(), nextThrough, level + 1);
          } else {
            into(next.device(), next.range(), nextThrough, level + 1);
          }
        }
      }
    }

    private void intoAll(List<DeviceNumber> slaves, List<Passage> through, int level) {
      for (DeviceNumber slave : slaves) {
        intoWhole(slave, through, level + 1);
      }
    }

    private void intoWhole(DeviceNumber device, List<Passage> through, int level) {
      Long bytes = sys.sizeBytes(device);
      if (bytes != null) {
        into(device, new ByteRange(0, bytes), through, level);
      } else if (sys.lists(device)) {
        unseen.add("the size of " + sys.nodePath(device) + " cannot be read");
      }
    }
  }

  private static List<Passage> by(List<Passage> through, @Nullable Passage next) {
    if (next == null) {
      return through;
    }
    List<Passage> all = new ArrayList<>(through);
    all.add(next);
    return List.copyOf(all);
  }

  private static @Nullable Passage passage(
      DeviceNumber device, DmTarget.Lower lower, ByteRange within) {
    String part = lower.part();
    if (part == null) {
      return null;
    }
    return passage(part.isEmpty() ? device : lower.device(), part, within);
  }

  private static Passage passage(DeviceNumber device, String part, ByteRange range) {
    return new Passage(device.toString(), part, range);
  }

  private static ByteRange shift(ByteRange range, long start) {
    return new ByteRange(Math.addExact(range.offset(), start), range.length());
  }
}

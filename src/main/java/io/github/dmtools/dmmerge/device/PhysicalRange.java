package io.github.dmtools.dmmerge.device;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import java.util.List;

/**
 * A range of physical storage that a device uses: on a disk or in a file, through all partitions,
 * loop devices and device-mapper tables in between.
 *
 * @param storage identifies the disk or file, independent of its path
 * @param range the range on it
 * @param through the devices whose mapping is not followed, such as a RAID array, upper ones first:
 *     the bytes are then somewhere in {@code range}. Empty if the range is exact
 */
public record PhysicalRange(String storage, ByteRange range, List<Passage> through) {

  /**
   * A range of a device whose mapping to lower storage is not followed. Disjoint ranges of it are
   * also disjoint on the lower storage.
   *
   * @param device device number
   * @param part its address space, such as a thin volume of a pool; empty if it has only one
   * @param range range of that address space
   */
  public record Passage(String device, String part, ByteRange range) {
    private boolean isDisjointFrom(Passage other) {
      if (!device.equals(other.device)) {
        return false;
      }
      return part.equals(other.part)
          ? !range.overlaps(other.range)
          : !part.isEmpty() && !other.part.isEmpty();
    }

    private boolean contains(Passage other) {
      return device.equals(other.device) && part.equals(other.part) && range.contains(other.range);
    }
  }

  /** True if the two may share a byte. */
  boolean overlaps(PhysicalRange other) {
    return storage.equals(other.storage) && range.overlaps(other.range) && !isDisjointFrom(other);
  }

  /** True if both pass through the same device, in disjoint ranges of it. */
  private boolean isDisjointFrom(PhysicalRange other) {
    return through.stream().anyMatch(mine -> other.through.stream().anyMatch(mine::isDisjointFrom));
  }

  /** True if this certainly contains every byte of the other range. */
  boolean contains(PhysicalRange other) {
    if (!storage.equals(other.storage)
        || !range.contains(other.range)
        || through.size() != other.through.size()) {
      return false;
    }
    for (int i = 0; i < through.size(); i++) {
      if (!through.get(i).contains(other.through.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** True if both are exact ranges of the same storage, and touch or overlap. */
  boolean joins(PhysicalRange next) {
    return through.isEmpty()
        && next.through.isEmpty()
        && storage.equals(next.storage)
        && next.range.offset() <= range.end();
  }
}

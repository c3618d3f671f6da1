package io.github.dmtools.dmmerge.device;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import java.util.List;

/**
 * A run of bytes that a device reaches on physical storage: on a disk or in a file, after every
 * partition, loop device and device-mapper table in between was followed.
 *
 * @param storage names one disk or one file, the same for every path to it
 * @param range the bytes of it
 * @param through where the way down lost the exact place, as in a RAID array, upper devices first:
 *     the bytes are then somewhere in {@code range}. Empty if the place is exact
 */
public record PhysicalRange(String storage, ByteRange range, List<Passage> through) {

  /**
   * A device that spreads its bytes over the storage beneath it in a way that is not followed. Two
   * of its ranges that share no byte share none beneath it either.
   *
   * @param device its number
   * @param part the one of its address spaces, such as a thin volume of a pool; empty if it has
   *     only one
   * @param range the bytes of that address space
   */
  public record Passage(String device, String part, ByteRange range) {
    private boolean isApartFrom(Passage other) {
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

  /** Whether the two may share a byte. */
  public boolean overlaps(PhysicalRange other) {
    return storage.equals(other.storage) && range.overlaps(other.range) && !isApartFrom(other);
  }

  /** Whether both pass one device, by parts of it that share no byte. */
  private boolean isApartFrom(PhysicalRange other) {
    return through.stream().anyMatch(mine -> other.through.stream().anyMatch(mine::isApartFrom));
  }

  /** Whether every byte of the other is certainly one of this. */
  public boolean contains(PhysicalRange other) {
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

  /** Whether two exact ranges of one storage touch or overlap, so that they are one. */
  boolean joins(PhysicalRange next) {
    return through.isEmpty()
        && next.through.isEmpty()
        && storage.equals(next.storage)
        && next.range.offset() <= range.end();
  }
}

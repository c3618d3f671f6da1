package io.github.dmtools.dmmerge.device;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import org.jspecify.annotations.Nullable;

/**
 * A run of bytes that a device reaches on physical storage: on a disk or in a file, after every
 * partition, loop device and device-mapper table in between was followed.
 *
 * @param storage names one disk or one file, the same for every path to it
 * @param range the bytes of it
 * @param through where the way down lost the exact place, as in a RAID array: the bytes are then
 *     somewhere in {@code range}. Null if the place is exact
 */
public record PhysicalRange(String storage, ByteRange range, @Nullable Passage through) {

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
    boolean apart = through != null && other.through != null && through.isApartFrom(other.through);
    return storage.equals(other.storage) && range.overlaps(other.range) && !apart;
  }

  /** Whether every byte of the other is certainly one of this. */
  public boolean contains(PhysicalRange other) {
    boolean certain =
        through == null
            ? other.through == null
            : other.through != null && through.contains(other.through);
    return storage.equals(other.storage) && range.contains(other.range) && certain;
  }

  /** Whether two exact ranges of one storage touch or overlap, so that they are one. */
  boolean joins(PhysicalRange next) {
    return through == null
        && next.through == null
        && storage.equals(next.storage)
        && next.range.offset() <= range.end();
  }
}

package io.github.dmtools.dmmerge.device;

import io.github.dmtools.dmmerge.chunk.ByteRange;

/**
 * Where bytes really lie, as far as it can be followed down: a partition lies in its disk, a loop
 * device in its file.
 *
 * @param id names one file or one block device, the same for every path to it
 * @param range the bytes of it
 */
public record Storage(String id, ByteRange range) {
  /** Whether the two share a byte. */
  public boolean overlaps(Storage other) {
    return id.equals(other.id) && range.overlaps(other.range);
  }
}

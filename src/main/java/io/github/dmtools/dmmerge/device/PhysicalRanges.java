package io.github.dmtools.dmmerge.device;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** All physical storage that a device uses. */
public final class PhysicalRanges {
  private final List<PhysicalRange> ranges;

  private PhysicalRanges(List<PhysicalRange> ranges) {
    this.ranges = ranges;
  }

  /** Takes ranges in any order, and merges exact ranges that touch. */
  public static PhysicalRanges of(List<PhysicalRange> parts) {
    if (parts.size() < 2) {
      return new PhysicalRanges(List.copyOf(parts));
    }
    Comparator<PhysicalRange> byPlace =
        Comparator.comparing(PhysicalRange::storage).thenComparing(part -> part.range().offset());
    List<PhysicalRange> joined = new ArrayList<>();
    for (PhysicalRange part : parts.stream().sorted(byPlace).toList()) {
      int last = joined.size() - 1;
      if (last >= 0 && joined.get(last).joins(part)) {
        joined.set(last, union(joined.get(last), part));
      } else {
        joined.add(part);
      }
    }
    return new PhysicalRanges(List.copyOf(joined));
  }

  private static PhysicalRange union(PhysicalRange low, PhysicalRange high) {
    long start = low.range().offset();
    long end = Math.max(low.range().end(), high.range().end());
    return new PhysicalRange(low.storage(), new ByteRange(start, end - start), List.of());
  }

  /** The whole of one disk or file. */
  public static PhysicalRanges whole(String storage, long bytes) {
    return of(List.of(new PhysicalRange(storage, new ByteRange(0, bytes), List.of())));
  }

  /** The identities of the disks and files. */
  public Set<String> storages() {
    return ranges.stream().map(PhysicalRange::storage).collect(Collectors.toSet());
  }

  /** True if the two may share a byte. */
  public boolean overlap(PhysicalRanges other) {
    return ranges.stream().anyMatch(mine -> other.ranges.stream().anyMatch(mine::overlaps));
  }

  /** True if this certainly contains every byte of the other. */
  public boolean contain(PhysicalRanges other) {
    return other.ranges.stream()
        .allMatch(theirs -> ranges.stream().anyMatch(mine -> mine.contains(theirs)));
  }

  @Override
  public String toString() {
    return ranges.toString();
  }
}

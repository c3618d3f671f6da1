package io.github.dmtools.dmmerge.apply;

import java.util.ArrayList;
import java.util.List;

/** Collects ranges, joins adjacent ones, and counts those over the limit. */
final class RangeLog {
  /** Maximum number of ranges. */
  static final int MAX_RANGES = 1000;

  private final List<FailedRange> ranges = new ArrayList<>();
  private long omitted;

  void add(FailedRange range) {
    int end = ranges.size() - 1;
    if (end >= 0 && omitted == 0 && ranges.get(end).adjoins(range)) {
      ranges.set(end, ranges.get(end).join(range));
    } else if (ranges.size() < MAX_RANGES) {
      ranges.add(range);
    } else {
      omitted++;
    }
  }

  void addAll(RangeLog other) {
    other.ranges.forEach(this::add);
    omitted += other.omitted;
  }

  boolean isFull() {
    return ranges.size() == MAX_RANGES;
  }

  List<FailedRange> ranges() {
    return List.copyOf(ranges);
  }

  long omitted() {
    return omitted;
  }
}

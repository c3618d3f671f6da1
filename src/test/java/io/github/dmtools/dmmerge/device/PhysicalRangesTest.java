package io.github.dmtools.dmmerge.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.device.PhysicalRange.Passage;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which ranges may share sectors, and which certainly do not. */
final class PhysicalRangesTest {
  @Test
  void exactRangesOverlapWhereTheyShareAByte() {
    overlap(true, ranges(exact(0, 10)), ranges(exact(9, 1)));
    overlap(false, ranges(exact(0, 10)), ranges(exact(10, 10)));
    overlap(false, ranges(exact(0, 10)), ranges(exact(0, 0)));
    overlap(false, ranges(exact(0, 10)), PhysicalRanges.whole("block:8:16", 10));
    overlap(true, ranges(exact(0, 5), exact(20, 5)), ranges(exact(10, 5), exact(24, 5)));
  }

  /** Volumes on one array: their location on its disks is unknown, but disjoint. */
  @Test
  void rangesOfOneArrayOverlapAsOnTheArray() {
    PhysicalRanges one = ranges(through("9:0", "", 0, 10));
    overlap(true, one, one);
    overlap(false, one, ranges(through("9:0", "", 10, 10)));
    overlap(true, one, ranges(through("9:1", "", 10, 10)));
    overlap(true, one, ranges(exact(50, 1)));
  }

  /** A volume and a pool in disjoint ranges of one array. */
  @Test
  void lowerDevicesSeparateRangesToo() {
    PhysicalRange volume = passing(passage("9:0", "", 0, 10));
    PhysicalRange pool = passing(passage("254:4", "", 0, 5), passage("9:0", "", 10, 10));
    overlap(false, ranges(volume), ranges(pool));
    overlap(true, ranges(passing(passage("9:0", "", 15, 10))), ranges(pool));
    contain(true, ranges(pool), ranges(pool));
    contain(false, ranges(volume), ranges(pool));
  }

  @Test
  void volumesOfOnePoolShareNothing() {
    PhysicalRanges one = ranges(through("254:4", "1", 0, 10));
    overlap(false, one, ranges(through("254:4", "2", 0, 10)));
    overlap(true, one, ranges(through("254:4", "1", 5, 10)));
    overlap(true, one, ranges(through("254:4", "", 50, 10)));
  }

  @Test
  void containsOnlyIfCertain() {
    contain(true, ranges(exact(0, 10)), ranges(exact(2, 3), exact(9, 1)));
    contain(true, ranges(exact(5, 5), exact(0, 5)), ranges(exact(2, 6)));
    contain(false, ranges(exact(0, 4), exact(5, 5)), ranges(exact(2, 6)));
    contain(false, ranges(exact(0, 100)), ranges(through("9:0", "", 0, 10)));
    contain(true, ranges(through("9:0", "", 0, 10)), ranges(through("9:0", "", 3, 7)));
    contain(false, ranges(through("9:0", "", 0, 10)), ranges(through("9:0", "", 3, 8)));
    contain(false, ranges(through("9:0", "", 0, 10)), ranges(exact(3, 7)));
  }

  private static void overlap(boolean expected, PhysicalRanges one, PhysicalRanges other) {
    assertEquals(expected, one.overlap(other));
    assertEquals(expected, other.overlap(one));
  }

  private static void contain(boolean expected, PhysicalRanges one, PhysicalRanges other) {
    assertEquals(expected, one.contain(other));
  }

  private static PhysicalRanges ranges(PhysicalRange... parts) {
    return PhysicalRanges.of(List.of(parts));
  }

  private static PhysicalRange exact(long offset, long length) {
    return new PhysicalRange("block:8:0", new ByteRange(offset, length), List.of());
  }

  private static PhysicalRange through(String device, String part, long offset, long length) {
    return passing(passage(device, part, offset, length));
  }

  /** Anywhere on the first 100 bytes of the disk. */
  private static PhysicalRange passing(Passage... passages) {
    return new PhysicalRange("block:8:0", new ByteRange(0, 100), List.of(passages));
  }

  private static Passage passage(String device, String part, long offset, long length) {
    return new Passage(device, part, new ByteRange(offset, length));
  }
}

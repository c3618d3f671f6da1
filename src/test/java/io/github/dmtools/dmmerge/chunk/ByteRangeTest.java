package io.github.dmtools.dmmerge.chunk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class ByteRangeTest {
  @Test
  void refusesInvalidRanges() {
    assertThrows(IllegalArgumentException.class, () -> new ByteRange(-1, 1));
    assertThrows(IllegalArgumentException.class, () -> new ByteRange(1, -1));
    assertThrows(ArithmeticException.class, () -> new ByteRange(Long.MAX_VALUE, 1));
    assertEquals(Long.MAX_VALUE, new ByteRange(Long.MAX_VALUE - 1, 1).end());
  }

  @Property
  void overlapsIfBothHaveAByte(
      @ForAll @IntRange(max = 12) int offset,
      @ForAll @IntRange(max = 6) int length,
      @ForAll @IntRange(max = 12) int otherOffset,
      @ForAll @IntRange(max = 6) int otherLength) {
    boolean shared =
        IntStream.range(offset, offset + length)
            .anyMatch(at -> at >= otherOffset && at < otherOffset + otherLength);
    ByteRange one = new ByteRange(offset, length);
    ByteRange other = new ByteRange(otherOffset, otherLength);
    assertEquals(shared, one.overlaps(other));
    assertEquals(shared, other.overlaps(one));
  }

  @Test
  void anEmptyRangeDoesNotOverlapItself() {
    ByteRange empty = new ByteRange(5, 0);
    assertFalse(empty.overlaps(empty));
    assertFalse(empty.overlaps(new ByteRange(0, 10)));
  }
}

package io.github.dmtools.dmmerge.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** Lines are rendered as Java would. */
final class LineBufferTest {
  @Property
  void anyNumber(@ForAll @LongRange(max = Long.MAX_VALUE) long number) {
    assertEquals(Long.toString(number), rendered(number));
  }

  @Property
  void anyIntNumber(@ForAll @LongRange(max = Integer.MAX_VALUE) long number) {
    assertEquals(Long.toString(number), rendered(number));
  }

  /** Where the number of digits, or the way to divide, changes. */
  @Example
  void numbersAroundPowers() {
    for (long power = 1; power > 0 && power < Long.MAX_VALUE / 10; power *= 10) {
      assertAround(power);
    }
    for (int bits = 0; bits < 63; bits++) {
      assertAround(1L << bits);
    }
    assertEquals(Long.toString(Long.MAX_VALUE), rendered(Long.MAX_VALUE));
  }

  private static void assertAround(long number) {
    for (long near = number - 1; near <= number + 1; near++) {
      assertEquals(Long.toString(near), rendered(near));
    }
  }

  private static String rendered(long number) {
    return new String(new LineBuffer(1).number(number).toArray(), StandardCharsets.US_ASCII);
  }
}

package io.github.dmtools.dmmerge.copy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class SlotOrderTest {
  @Property(tries = 500)
  void slotsComeInTheOrderOfTheirNumbers(
      @ForAll @Size(max = 200) List<@LongRange(min = 0, max = Long.MAX_VALUE) Long> numbers) {
    arranged(new SlotOrder(200), numbers.stream().mapToLong(Long::longValue).toArray());
  }

  @Test
  void isFilledAgainAndAgain() {
    SlotOrder order = new SlotOrder(5);
    arranged(order, Long.MAX_VALUE, 0, 1L << 62, 1L << 11, (1L << 22) - 1);
    arranged(order, 3, 2);
    arranged(order);
    arranged(order, 0, 4096, 8192, 12288);
    arranged(order, 5L << 55, 4L << 55, 3);
  }

  private static void arranged(SlotOrder order, long... numbers) {
    order.arrange(numbers, numbers.length);
    long[] sorted = numbers.clone();
    Arrays.sort(sorted);
    assertEquals(numbers.length, order.size());
    assertEquals(Arrays.equals(sorted, numbers), order.isTrivial());
    for (int place = 0; place < numbers.length; place++) {
      assertEquals(sorted[place], order.number(place));
      assertEquals(sorted[place], numbers[order.slot(place)]);
      assertEquals(place, order.place(order.slot(place)));
    }
  }
}

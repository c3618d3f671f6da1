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
  void sortsByKey(
      @ForAll @Size(max = 200) List<@LongRange(min = 0, max = Long.MAX_VALUE) Long> keys) {
    checkSorted(new SlotOrder(200), keys.stream().mapToLong(Long::longValue).toArray());
  }

  @Test
  void isReusable() {
    SlotOrder order = new SlotOrder(5);
    checkSorted(order, Long.MAX_VALUE, 0, 1L << 62, 1L << 11, (1L << 22) - 1);
    checkSorted(order, 3, 2);
    checkSorted(order);
    checkSorted(order, 0, 4096, 8192, 12288);
    checkSorted(order, 5L << 55, 4L << 55, 3);
  }

  private static void checkSorted(SlotOrder order, long... keys) {
    order.sort(keys, keys.length);
    long[] sorted = keys.clone();
    Arrays.sort(sorted);
    assertEquals(keys.length, order.size());
    assertEquals(Arrays.equals(sorted, keys), order.isIdentity());
    for (int position = 0; position < keys.length; position++) {
      assertEquals(sorted[position], order.key(position));
      assertEquals(sorted[position], keys[order.slot(position)]);
      assertEquals(position, order.position(order.slot(position)));
    }
  }
}

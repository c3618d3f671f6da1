package io.github.dmtools.dmmerge.copy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class ArrangementTest {
  @Property(tries = 500)
  void slotsComeInTheOrderOfTheirNumbers(
      @ForAll @Size(max = 200) List<@LongRange(min = 0, max = Long.MAX_VALUE) Long> numbers) {
    arranged(new Arrangement(200), numbers.stream().mapToLong(Long::longValue).toArray());
  }

  @Test
  void isFilledAgainAndAgain() {
    Arrangement arrangement = new Arrangement(5);
    arranged(arrangement, Long.MAX_VALUE, 0, 1L << 62, 1L << 11, (1L << 22) - 1);
    arranged(arrangement, 3, 2);
    arranged(arrangement);
    arranged(arrangement, 0, 4096, 8192, 12288);
    arranged(arrangement, 5L << 55, 4L << 55, 3);
  }

  private static void arranged(Arrangement arrangement, long... numbers) {
    arrangement.arrange(numbers, numbers.length);
    long[] sorted = numbers.clone();
    Arrays.sort(sorted);
    assertEquals(numbers.length, arrangement.size());
    assertEquals(Arrays.equals(sorted, numbers), arrangement.isTrivial());
    for (int place = 0; place < numbers.length; place++) {
      assertEquals(sorted[place], arrangement.number(place));
      assertEquals(sorted[place], numbers[arrangement.slot(place)]);
      assertEquals(place, arrangement.place(arrangement.slot(place)));
    }
  }
}

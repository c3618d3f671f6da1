package io.github.dmtools.dmmerge.chunk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChunkSizeTest {
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 511, 513, 768, 1536, -512, (1L << 30) + 512, 1L << 31, 1L << 62})
  void refusesInvalidSizes(long bytes) {
    assertThrows(IllegalArgumentException.class, () -> new ChunkSize(bytes));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 3, 12, -8, (1L << 21) + 1, 1L << 22, Long.MIN_VALUE, Long.MAX_VALUE})
  void recognizesInvalidSectors(long sectors) {
    assertFalse(ChunkSize.isValidSectors(sectors));
  }

  @Test
  void acceptsEveryPowerOfTwoUpToOneGibibyte() {
    for (long sectors = 1; sectors <= 1L << 21; sectors *= 2) {
      assertTrue(ChunkSize.isValidSectors(sectors));
      assertEquals(sectors * 512, ChunkSize.ofSectors(sectors).bytes());
      assertEquals(sectors, ChunkSize.ofSectors(sectors).sectors());
    }
    assertThrows(ArithmeticException.class, () -> ChunkSize.ofSectors(Long.MAX_VALUE));
  }

  @Test
  void refusesOffsetsOfMoreThan63Bits() {
    ChunkSize size = ChunkSize.ofSectors(8);
    assertEquals(Long.MAX_VALUE - 4095, size.offsetOf((1L << 51) - 1));
    assertThrows(ArithmeticException.class, () -> size.offsetOf(1L << 51));
    assertThrows(ArithmeticException.class, () -> size.offsetOf(-1L >>> 8));
  }

  /** Compares with BigInteger. */
  @Property
  void comparesLikeBigIntegers(
      @ForAll @IntRange(max = 21) int log2Sectors,
      @ForAll long chunk,
      @ForAll @LongRange(min = 0) long deviceBytes) {
    ChunkSize size = ChunkSize.ofSectors(1L << log2Sectors);
    BigInteger start = unsigned(chunk).multiply(BigInteger.valueOf(size.bytes()));
    BigInteger end = start.add(BigInteger.valueOf(size.bytes()));
    BigInteger device = BigInteger.valueOf(deviceBytes);
    boolean startsInside = start.compareTo(device) < 0;
    assertEquals(startsInside, size.startsInside(chunk, deviceBytes));
    assertEquals(end.compareTo(device) <= 0, size.fitsInside(chunk, deviceBytes));
    if (startsInside) {
      assertEquals(
          end.min(device).subtract(start).longValueExact(), size.clippedBytes(chunk, deviceBytes));
    }
  }

  /** The same at the end of a device, which random numbers seldom hit. */
  @Property
  void theLastChunkIsClippedAndTheNextOneIsOutside(
      @ForAll @IntRange(max = 21) int log2Sectors, @ForAll @LongRange(min = 1) long deviceBytes) {
    ChunkSize size = ChunkSize.ofSectors(1L << log2Sectors);
    long last = (deviceBytes - 1) / size.bytes();
    long tail = deviceBytes - last * size.bytes();
    assertTrue(size.startsInside(last, deviceBytes));
    assertFalse(size.startsInside(last + 1, deviceBytes));
    assertEquals(tail, size.clippedBytes(last, deviceBytes));
    assertEquals(tail == size.bytes(), size.fitsInside(last, deviceBytes));
    assertFalse(size.fitsInside(last + 1, deviceBytes));
  }

  private static BigInteger unsigned(long number) {
    return new BigInteger(Long.toUnsignedString(number));
  }
}

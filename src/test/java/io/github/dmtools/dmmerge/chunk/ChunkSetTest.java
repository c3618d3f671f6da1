package io.github.dmtools.dmmerge.chunk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares with a {@link HashSet}. */
final class ChunkSetTest {
  @Property
  void addsLikeASet(@ForAll("chunks") List<Long> chunks) {
    sameAsASet(chunks.stream().mapToLong(Long::longValue));
  }

  /** Near the limits of blocks and of 64 bits, with many repetitions. */
  @Provide
  Arbitrary<List<Long>> chunks() {
    Arbitrary<Long> near =
        Arbitraries.of(0L, 4096L, 65_536L, 131_072L, 1L << 32, 1L << 55, Long.MAX_VALUE, -1L)
            .flatMap(base -> Arbitraries.longs().between(-3, 3).map(delta -> base + delta));
    return Arbitraries.oneOf(near, Arbitraries.longs(), Arbitraries.longs().between(0, 50))
        .list()
        .ofMaxSize(300);
  }

  /** Around the 4,096 members where a block becomes a bit set. */
  @ParameterizedTest
  @ValueSource(ints = {4095, 4096, 4097, 5000, 65_535, 65_536, 65_537, 140_000})
  void addsInAnyOrder(int count) {
    sameAsASet(LongStream.range(0, count));
    sameAsASet(LongStream.range(0, count).map(i -> count - i));
    LongUnaryOperator spread = i -> i * 40_503 % 65_536;
    sameAsASet(LongStream.range(0, count).map(spread));
    sameAsASet(LongStream.range(0, count).map(i -> i << 14));
  }

  @Test
  void jumpsBetweenBlocks() {
    Random random = new Random(7);
    sameAsASet(random.longs(50_000, 0, 20_000).map(i -> i % 3 << 16 | i));
  }

  @Test
  void aBlockThatBecameABitSetKeepsItsMembers() {
    ChunkSet set = new ChunkSet();
    for (int i = 0; i < 4097; i++) {
      assertTrue(set.add(i * 3L));
    }
    for (int i = 0; i < 3 * 4097; i++) {
      assertEquals(i % 3 != 0, set.add(i), "chunk " + i);
    }
    assertFalse(set.add(0));
    assertTrue(set.add(65_536));
  }

  private static void sameAsASet(LongStream chunks) {
    ChunkSet set = new ChunkSet();
    Set<Long> expected = new HashSet<>();
    long[] all = chunks.toArray();
    for (long chunk : all) {
      assertEquals(expected.contains(chunk), set.contains(chunk), "chunk " + chunk);
      assertEquals(expected.add(chunk), set.add(chunk), "chunk " + chunk);
    }
    for (long chunk : all) {
      assertFalse(set.add(chunk), "chunk " + chunk + " was forgotten");
      assertTrue(set.contains(chunk), "chunk " + chunk + " is not found");
      assertEquals(expected.contains(chunk + 1), set.contains(chunk + 1), "after " + chunk);
    }
  }
}

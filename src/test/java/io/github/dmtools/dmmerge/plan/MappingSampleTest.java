package io.github.dmtools.dmmerge.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MappingSampleTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 10, 99, 100, 101})
  void keepsTheLowestIndexesInAnyOrder(int limit) {
    List<Integer> indexes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      indexes.add(i);
    }
    Collections.shuffle(indexes, new Random(limit));
    MappingSample sample = new MappingSample(ChunkSize.ofSectors(8), limit);
    indexes.forEach(index -> sample.add(index, 1000 - index, 2 + index, 4096));
    int kept = Math.min(limit, 100);
    assertEquals(100 - kept, sample.omitted());
    assertEquals(kept, sample.mappings().size());
    for (int i = 0; i < kept; i++) {
      long newChunk = 2L + i;
      assertEquals(
          new Mapping(i, 1000 - i, newChunk, (1000 - i) * 4096L, newChunk * 4096, 4096),
          sample.mappings().get(i));
    }
  }
}

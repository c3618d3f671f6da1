package io.github.dmtools.dmmerge.plan;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Keeps the pending mappings with the lowest indexes and counts the rest, so that a report stays
 * small. Mappings can be added in any order.
 */
public final class MappingSample {
  private final ChunkSize chunkSize;
  private final int limit;
  private final PriorityQueue<Mapping> mappings =
      new PriorityQueue<>(Comparator.comparingLong(Mapping::index).reversed());
  private long omitted;

  public MappingSample(ChunkSize chunkSize, int limit) {
    this.chunkSize = chunkSize;
    this.limit = limit;
  }

  public void add(long index, long oldChunk, long newChunk, long bytes) {
    if (mappings.size() == limit) {
      omitted++;
      if (limit == 0 || index > mappings.element().index()) {
        return;
      }
      mappings.remove();
    }
    mappings.add(
        new Mapping(
            index,
            oldChunk,
            newChunk,
            chunkSize.offsetOf(oldChunk),
            chunkSize.offsetOf(newChunk),
            bytes));
  }

  /** In the table's order. */
  public List<Mapping> mappings() {
    return mappings.stream().sorted(Comparator.comparingLong(Mapping::index)).toList();
  }

  public long omitted() {
    return omitted;
  }
}

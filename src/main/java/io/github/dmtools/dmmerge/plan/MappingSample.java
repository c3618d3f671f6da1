package io.github.dmtools.dmmerge.plan;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import java.util.ArrayList;
import java.util.List;

/** Keeps the first few pending mappings and counts the rest, so that a report stays small. */
public final class MappingSample {
  private final ChunkSize chunkSize;
  private final int limit;
  private final List<Mapping> mappings = new ArrayList<>();
  private long omitted;

  public MappingSample(ChunkSize chunkSize, int limit) {
    this.chunkSize = chunkSize;
    this.limit = limit;
  }

  public void add(long index, long oldChunk, long newChunk, long bytes) {
    if (mappings.size() == limit) {
      omitted++;
      return;
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

  public List<Mapping> mappings() {
    return List.copyOf(mappings);
  }

  public long omitted() {
    return omitted;
  }
}

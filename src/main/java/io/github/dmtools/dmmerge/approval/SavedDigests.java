package io.github.dmtools.dmmerge.approval;

import io.github.dmtools.dmmerge.plan.PlannedChunk;
import java.util.List;
import java.util.Map;

/** Digests of chunks of the origin from before a killed run wrote to them. */
@FunctionalInterface
public interface SavedDigests {
  /** No killed run is known. */
  SavedDigests NONE = chunks -> Map.of();

  /**
   * Returns the SHA-256 in hexadecimal of the saved content of these chunks, by old_chunk. A chunk
   * is missing if it was not saved, or if one of its sectors has neither the saved content nor that
   * of the store.
   */
  Map<Long, String> among(List<PlannedChunk> chunks);
}

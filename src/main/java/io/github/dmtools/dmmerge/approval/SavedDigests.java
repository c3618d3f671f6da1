package io.github.dmtools.dmmerge.approval;

import io.github.dmtools.dmmerge.plan.PlannedChunk;
import java.util.List;
import java.util.Map;

/** Knows what chunks of the origin held before a run that was killed wrote to them. */
@FunctionalInterface
public interface SavedDigests {
  /** Nothing is known of an earlier run. */
  SavedDigests NONE = chunks -> Map.of();

  /**
   * The SHA-256, in hexadecimal, of what was saved of each of these chunks, by its old_chunk. A
   * chunk is missing if nothing was saved of it, or if one of its sectors now holds neither what
   * was saved nor what the store has.
   */
  Map<Long, String> among(List<PlannedChunk> chunks);
}

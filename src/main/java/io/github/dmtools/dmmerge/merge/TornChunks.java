package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.plan.PlannedException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Knows which chunks of the origin hold a part of both sides because a run was killed in the middle
 * of writing them.
 */
@FunctionalInterface
interface TornChunks {
  /** Nothing is known of an earlier run. */
  TornChunks NONE = suspects -> Set.of();

  /** The old_chunks of those that are half written, and nobody else's doing. */
  Set<Long> among(List<Suspect> suspects);

  /**
   * A chunk that holds neither what an approved plan saw nor what the store holds.
   *
   * @param now the exception
   * @param seenSha256 what the plan saw in the origin, in hexadecimal; null where there is no plan
   */
  record Suspect(PlannedException now, @Nullable String seenSha256) {}
}

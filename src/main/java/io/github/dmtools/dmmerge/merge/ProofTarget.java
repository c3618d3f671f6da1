package io.github.dmtools.dmmerge.merge;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which runs a plan is proved by.
 *
 * @param origin the plan's output, as its path; null if it had none
 * @param store the plan's input, as its path
 * @param createdAt when the plan was made: what was written before it, it does not ask for
 */
public record ProofTarget(@Nullable String origin, String store, Instant createdAt) {
  /** Where plans are asked for it. */
  @FunctionalInterface
  public interface Source {
    /**
     * Reads it from a plan's file.
     *
     * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code path.*}, {@code
     *     plan.syntax}
     */
    ProofTarget read(String path);
  }
}

package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.plan.PlannedException;
import org.jspecify.annotations.Nullable;

/**
 * A plan's document as somebody approved it, read from its beginning to its end. Every method
 * throws {@link io.github.dmtools.dmmerge.problem.ProblemException} {@code plan.syntax} where it is
 * none.
 */
public interface ApprovedPlan extends AutoCloseable {
  /** The next exception, or null behind the last one. */
  @Nullable PlannedException next();

  /** What the document says of itself. To be asked for behind the last exception. */
  Digests digests();

  @Override
  void close();

  /**
   * The digests that a plan carries.
   *
   * @param chunkBytes size of a chunk in bytes
   * @param originsSha256 null if the plan had no output
   */
  record Digests(long chunkBytes, String planSha256, @Nullable String originsSha256) {}

  /** Where approved plans are opened. */
  @FunctionalInterface
  interface Source {
    /**
     * Opens a plan's file.
     *
     * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code path.*}, {@code
     *     plan.syntax}
     */
    ApprovedPlan open(String path);
  }
}

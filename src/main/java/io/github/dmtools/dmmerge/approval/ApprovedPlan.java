package io.github.dmtools.dmmerge.approval;

import io.github.dmtools.dmmerge.plan.PlannedChunk;
import org.jspecify.annotations.Nullable;

/**
 * An approved plan's document, read once from start to end. Every method throws {@link
 * io.github.dmtools.dmmerge.problem.ProblemException} {@code plan.syntax} if the document is not a
 * plan. {@link CheckedPlan} checks whether its content is consistent.
 */
public interface ApprovedPlan extends AutoCloseable {
  /** The next exception, or null after the last one. */
  @Nullable PlannedChunk next();

  /** The dd line of the last exception that was read. */
  String dd();

  /** Everything but the exceptions. Valid after the last exception was read. */
  Facts facts();

  @Override
  void close();

  /**
   * Everything in a plan but its exceptions.
   *
   * @param createdAt the plan's text; null if it is not a string
   * @param jobDirect the job asked for O_DIRECT
   * @param input the store
   * @param output the origin; null if the plan has none
   * @param chunkBytes size of a chunk in bytes
   * @param chunkSectors size of a chunk in sectors
   * @param exceptions the count in the plan's {@code store}
   * @param planSha256 null if the plan was made from the table alone
   * @param originsSha256 null if the plan has no output
   * @param approvalSha256 null if the plan has no output, or an earlier version wrote it
   */
  record Facts(
      @Nullable String createdAt,
      boolean jobDirect,
      Device input,
      @Nullable Device output,
      long chunkBytes,
      long chunkSectors,
      long exceptions,
      Summary summary,
      @Nullable String planSha256,
      @Nullable String originsSha256,
      @Nullable String approvalSha256) {}

  /**
   * A device of a plan.
   *
   * @param direct it was opened with O_DIRECT
   */
  record Device(Target target, boolean direct) {}

  /** The plan's sums. Pending and applied are null in a plan without an output. */
  record Summary(
      long exceptions,
      @Nullable Long pending,
      @Nullable Long applied,
      long bytes,
      @Nullable Long pendingBytes,
      @Nullable Long appliedBytes) {}

  /** Opens approved plans. */
  @FunctionalInterface
  interface Source {
    /**
     * Opens a plan.
     *
     * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code path.*}, {@code
     *     plan.syntax}
     */
    ApprovedPlan open(String path);
  }
}

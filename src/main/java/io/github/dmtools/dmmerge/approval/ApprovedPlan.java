package io.github.dmtools.dmmerge.approval;

import io.github.dmtools.dmmerge.plan.PlannedChunk;
import org.jspecify.annotations.Nullable;

/**
 * A plan's document as somebody approved it, read from its beginning to its end. Every method
 * throws {@link io.github.dmtools.dmmerge.problem.ProblemException} {@code plan.syntax} where it is
 * none. What the document says is not checked here: see {@link CheckedPlan}.
 */
public interface ApprovedPlan extends AutoCloseable {
  /** The next exception, or null after the last one. */
  @Nullable PlannedChunk next();

  /** The dd line of the exception that was read last. */
  String dd();

  /** What the document says besides its exceptions. To be asked for after the last of them. */
  Facts facts();

  @Override
  void close();

  /**
   * What a plan says besides its exceptions.
   *
   * @param createdAt as the plan has it; null if that is no text
   * @param jobDirect whether the job asked for O_DIRECT
   * @param input the store
   * @param inputDirect whether it was opened with O_DIRECT
   * @param output the origin; null if the plan has none
   * @param outputDirect whether it was opened with O_DIRECT
   * @param chunkBytes size of a chunk in bytes
   * @param chunkSectors size of a chunk in sectors
   * @param exceptions as the plan's {@code store} counts them
   * @param planSha256 null if the plan was made of the table alone
   * @param originsSha256 null if the plan has no output
   * @param approvalSha256 null if the plan has no output, or is of a version that had none
   */
  record Facts(
      @Nullable String createdAt,
      boolean jobDirect,
      Target input,
      boolean inputDirect,
      @Nullable Target output,
      boolean outputDirect,
      long chunkBytes,
      long chunkSectors,
      long exceptions,
      Summary summary,
      @Nullable String planSha256,
      @Nullable String originsSha256,
      @Nullable String approvalSha256) {}

  /** The plan's sums. What is pending and applied is null in a plan without an output. */
  record Summary(
      long exceptions,
      @Nullable Long pending,
      @Nullable Long applied,
      long bytes,
      @Nullable Long pendingBytes,
      @Nullable Long appliedBytes) {}

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

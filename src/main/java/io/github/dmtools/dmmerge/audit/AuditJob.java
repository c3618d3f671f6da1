package io.github.dmtools.dmmerge.audit;

import org.jspecify.annotations.Nullable;

/**
 * What a run was asked to do, and with what. It is on the run's first line alone.
 *
 * @param chunkBytes size of a chunk in bytes
 * @param exceptions in the store's table
 * @param exceptionBytes of the origin that they cover
 * @param expectedExceptions of which the origin differed when the run checked it, before it wrote;
 *     null if it only finds out while it writes
 * @param expectedBytes that these cover; null as above
 * @param approvalSha256 the approved plan's {@code approval_sha256}; null if there was none
 */
public record AuditJob(
    Options options,
    Device origin,
    Device store,
    long chunkBytes,
    long exceptions,
    long exceptionBytes,
    @Nullable Long expectedExceptions,
    @Nullable Long expectedBytes,
    @Nullable String approvalSha256) {

  /**
   * The job's keys of the same names, apart from those that every line has.
   *
   * @param expect as the job has it; null if any plan was fine
   * @param undo as the job has it; null for none
   */
  public record Options(
      boolean direct,
      boolean relaxed,
      boolean verify,
      boolean retarget,
      boolean overwriteForeign,
      @Nullable String expect,
      @Nullable String undo) {}

  /**
   * Which device it was, apart from its path.
   *
   * @param type {@code block} or {@code file}
   * @param bytes its size
   * @param name compared and never parsed
   * @param lasting whether the same device keeps the name over a reboot, and no other gets it
   */
  public record Device(String type, long bytes, String name, boolean lasting) {}
}

package io.github.dmtools.dmmerge.audit;

import org.jspecify.annotations.Nullable;

/**
 * The job and the devices of a run. Only the first line of a run has them.
 *
 * @param chunkBytes size of a chunk in bytes
 * @param exceptions number of exceptions in the store's table
 * @param exceptionBytes bytes of the origin that they cover
 * @param expectedExceptions exceptions that differed from the origin before the first write; null
 *     if the run compares only while it writes
 * @param expectedBytes bytes that these cover; null as above
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
   * The job's options of the same names, without those that every line has.
   *
   * @param expect null if the job has none
   * @param undo null if the job has none
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
   * A device without its path.
   *
   * @param type {@code block} or {@code file}
   * @param bytes size of the device
   * @param name compared, never parsed
   * @param lasting the device keeps the name over a reboot, and no other device gets it
   */
  public record Device(String type, long bytes, String name, boolean lasting) {}
}

package io.github.dmtools.dmmerge.job;

import org.jspecify.annotations.Nullable;

/**
 * A job with the defaults filled in.
 *
 * @param input path of the store
 * @param output path of the origin; null if the job only reads the store
 * @param direct bypass the page cache where possible
 * @param relaxed treat a failed cache flush as a warning
 * @param force apply may write
 * @param expect the plan that was approved: path of its file, or {@code sha256:} and its {@code
 *     approval_sha256}; null if any plan may be applied
 * @param retarget the approved plan may have been made for other devices
 * @param overwriteForeign an undo may overwrite later writes of other programs
 * @param undo path of the undo store that apply creates or continues; null for none
 * @param audit path of the audit log that apply appends to; null for none
 * @param verify apply reads back what it wrote
 * @param label free text that plans, reports and audit events carry
 */
public record Job(
    String input,
    @Nullable String output,
    boolean direct,
    boolean relaxed,
    boolean force,
    @Nullable String expect,
    boolean retarget,
    boolean overwriteForeign,
    @Nullable String undo,
    @Nullable String audit,
    boolean verify,
    @Nullable String label) {

  private static final String DIGEST = "sha256:";

  /** True if {@code expect} is a digest and not a file. */
  public static boolean isDigest(String expect) {
    return expect.startsWith(DIGEST);
  }

  /** The digest in {@code expect}, in hexadecimal. */
  public static String digestOf(String expect) {
    return expect.substring(DIGEST.length());
  }

  /** The same job without {@code expect}. */
  public Job withoutExpect() {
    return new Job(
        input,
        output,
        direct,
        relaxed,
        force,
        null,
        false,
        overwriteForeign,
        undo,
        audit,
        verify,
        label);
  }

  /** A job without approval, undo, audit, verification and label. */
  public static Job plain(
      String input, @Nullable String output, boolean direct, boolean relaxed, boolean force) {
    return new Job(
        input, output, direct, relaxed, force, null, false, false, null, null, false, null);
  }
}

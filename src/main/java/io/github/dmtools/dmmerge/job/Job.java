package io.github.dmtools.dmmerge.job;

import org.jspecify.annotations.Nullable;

/**
 * What the operator asked for, with the defaults filled in.
 *
 * @param input path of the store
 * @param output path of the origin; null in a job that only looks at the store
 * @param direct past the page cache, where it can be had
 * @param relaxed a cache flush that fails is a warning
 * @param force apply may write
 * @param expect the plan that was approved: path of its file, or {@code sha256:} and its {@code
 *     approval_sha256}; null if any is fine
 * @param retarget the approved plan may have been made for other devices
 * @param overwriteForeign undoing may overwrite what others wrote since
 * @param undo path of the undo store that apply makes or continues; null for none
 * @param audit path of the audit log that apply appends to; null for none
 * @param verify apply reads again what it wrote
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

  /** Whether {@code expect} names a digest and not a file. */
  public static boolean isDigest(String expect) {
    return expect.startsWith(DIGEST);
  }

  /** The digest that {@code expect} names, in hexadecimal. */
  public static String digestOf(String expect) {
    return expect.substring(DIGEST.length());
  }

  /** The same job, which approves whatever there is. */
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

  /** A job with none of what makes a run accountable. */
  public static Job plain(
      String input, @Nullable String output, boolean direct, boolean relaxed, boolean force) {
    return new Job(
        input, output, direct, relaxed, force, null, false, false, null, null, false, null);
  }
}

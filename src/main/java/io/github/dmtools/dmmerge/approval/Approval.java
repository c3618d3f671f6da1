package io.github.dmtools.dmmerge.approval;

import org.jspecify.annotations.Nullable;

/**
 * What a job's {@code expect} approves, and what was found to be so.
 *
 * @param planSha256 of the plan
 * @param approvalSha256 of what was approved; null where nothing is pending and so nothing had to
 *     be proved
 * @param plannedFor the devices that the plan was made for where they are others than the job's;
 *     else null
 */
public record Approval(
    String planSha256, @Nullable String approvalSha256, @Nullable Targets plannedFor) {}

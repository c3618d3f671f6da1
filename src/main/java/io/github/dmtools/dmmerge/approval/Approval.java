package io.github.dmtools.dmmerge.approval;

import org.jspecify.annotations.Nullable;

/**
 * The confirmed approval of a job's {@code expect}.
 *
 * @param planSha256 digest of the plan
 * @param approvalSha256 digest of the approval; null if it was not checked, because nothing is
 *     pending
 * @param plannedFor the devices of the plan if they are not the job's; else null
 */
public record Approval(
    String planSha256, @Nullable String approvalSha256, @Nullable Targets plannedFor) {}

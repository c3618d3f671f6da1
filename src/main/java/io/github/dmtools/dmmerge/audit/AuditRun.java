package io.github.dmtools.dmmerge.audit;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What all lines of a run have in common.
 *
 * @param originPath absolute
 * @param storePath absolute
 * @param planSha256 the plan's digest in hexadecimal; null if the run did not compute it
 * @param label the job's label; null if it has none
 */
public record AuditRun(
    UUID id,
    String originPath,
    String storePath,
    @Nullable String planSha256,
    @Nullable String label,
    Operator operator) {}

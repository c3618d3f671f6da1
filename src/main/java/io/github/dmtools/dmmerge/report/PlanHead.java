package io.github.dmtools.dmmerge.report;

import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.plan.DdLine;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The part of a plan before its exceptions.
 *
 * @param output null if the job has none
 * @param dd formats the line of each exception
 */
public record PlanHead(
    Instant createdAt,
    Job job,
    boolean metadataOnly,
    DeviceFacts input,
    @Nullable OriginFacts output,
    StoreFacts store,
    DdLine dd) {}

package io.github.dmtools.dmmerge.report;

import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.plan.DdLine;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a plan before its exceptions.
 *
 * @param output null if the job names none
 * @param dd makes the line of each exception
 */
public record PlanHead(
    Instant createdAt,
    Job job,
    boolean metadataOnly,
    DeviceFacts input,
    @Nullable OriginFacts output,
    StoreFacts store,
    DdLine dd) {}

package io.github.dmtools.dmmerge.apply;

import io.github.dmtools.dmmerge.plan.Mapping;
import io.github.dmtools.dmmerge.problem.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a run.
 *
 * @param changed true if bytes of the origin were written, durable or not
 * @param mappings the first exceptions that were pending when they were read
 * @param failures the first ranges that failed
 * @param problem why the run failed or stopped; null if it succeeded
 */
public record ApplyOutcome(
    boolean changed,
    Counts exceptions,
    Counts bytes,
    List<Mapping> mappings,
    long mappingsOmitted,
    List<FailedRange> failures,
    long failuresOmitted,
    @Nullable Problem problem) {}

package io.github.dmtools.dmmerge.audit;

import io.github.dmtools.dmmerge.audit.AuditEvent.RunFinished;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a log says of one run.
 *
 * @param firstLine of it in the log, counted from 1
 * @param startedAt null if its {@code run-started} cannot be read
 * @param lastAt the time of its last line
 * @param job null on lines of an earlier version
 * @param extents that it was going to write
 * @param bytes that they cover
 * @param batchesWritten with the barrier after them
 * @param batchesUnconfirmed of which the log does not say that they were written: killed before, or
 *     the barrier failed
 * @param failures ranges that were not copied, or are not known to be durable
 * @param finished null if the run was killed, or goes on
 */
public record RunSummary(
    AuditRun run,
    long firstLine,
    @Nullable Instant startedAt,
    Instant lastAt,
    @Nullable AuditJob job,
    long extents,
    long bytes,
    long batchesWritten,
    long batchesUnconfirmed,
    long failures,
    @Nullable RunFinished finished) {}

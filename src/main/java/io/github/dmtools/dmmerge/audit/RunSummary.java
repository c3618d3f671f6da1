package io.github.dmtools.dmmerge.audit;

import io.github.dmtools.dmmerge.audit.AuditEvent.RunFinished;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One run of a log.
 *
 * @param firstLine number of its first line, counted from 1
 * @param startedAt null if its {@code run-started} cannot be read
 * @param lastAt time of its last line
 * @param job null on lines of an earlier version
 * @param extents extents that it was about to write
 * @param bytes length of these extents
 * @param batchesWritten batches whose barrier succeeded
 * @param batchesUnconfirmed other batches: the run was killed before the barrier, or it failed
 * @param failures ranges that were not copied, or are not known to be durable
 * @param finished null if the run was killed, or is still running
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

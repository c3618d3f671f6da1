package io.github.dmtools.dmmerge.audit;

import io.github.dmtools.dmmerge.audit.AuditEvent.BatchFailed;
import io.github.dmtools.dmmerge.audit.AuditEvent.BatchWritten;
import io.github.dmtools.dmmerge.audit.AuditEvent.ExtentFailed;
import io.github.dmtools.dmmerge.audit.AuditEvent.ExtentWrite;
import io.github.dmtools.dmmerge.audit.AuditEvent.RunFinished;
import io.github.dmtools.dmmerge.audit.AuditEvent.RunStarted;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Summarizes the lines of one run. */
final class RunCounts {
  private final AuditRun run;
  private final long firstLine;
  private @Nullable Instant startedAt;
  private Instant lastAt;
  private @Nullable AuditJob job;
  private long extents;
  private long bytes;
  private long lastBatch;
  private long batches;
  private long batchesWritten;
  private long failures;
  private @Nullable RunFinished finished;

  RunCounts(AuditLine first, long firstLine) {
    this.run = first.run();
    this.firstLine = firstLine;
    this.lastAt = first.time();
  }

  void add(AuditLine line) {
    lastAt = line.time();
    AuditEvent event = line.event();
    if (event instanceof RunStarted started) {
      job = started.job();
      startedAt = line.time();
    } else if (event instanceof ExtentWrite write) {
      extents++;
      bytes += write.bytes();
      begin(write.batch());
    } else if (event instanceof BatchWritten written) {
      begin(written.batch());
      batchesWritten++;
    } else if (event instanceof BatchFailed failed) {
      begin(failed.batch());
      failures++;
    } else if (event instanceof ExtentFailed) {
      failures++;
    } else if (event instanceof RunFinished end) {
      finished = end;
    }
  }

  /** Batches do not overlap. */
  private void begin(long batch) {
    if (batch != lastBatch) {
      batches++;
      lastBatch = batch;
    }
  }

  RunSummary summary() {
    return new RunSummary(
        run,
        firstLine,
        startedAt,
        lastAt,
        job,
        extents,
        bytes,
        batchesWritten,
        batches - batchesWritten,
        failures,
        finished);
  }
}

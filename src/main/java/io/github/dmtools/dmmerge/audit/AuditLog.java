package io.github.dmtools.dmmerge.audit;

import io.github.dmtools.dmmerge.ownfile.FileTargets;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.WarningSink;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * An audit log, locked for one run that appends to it. Lines are buffered and written in large
 * pieces; only {@link #sync} makes them durable. After a failed write nothing more is written. A
 * failed write leaves at most one torn line, and the next run continues the log.
 */
public final class AuditLog implements AutoCloseable {
  private static final int WRITE_BYTES = 1 << 20;

  /** Has room for the line that exceeds {@link #WRITE_BYTES}. */
  private static final int BUFFER_BYTES = WRITE_BYTES + (1 << 16);

  private final LogFile file;
  private final AuditCodec codec;
  private final Clock clock;
  private final Chain chain;
  private final LineBuffer lines = new LineBuffer(BUFFER_BYTES);
  private @Nullable AuditHead head;
  private AuditCodec.@Nullable Renderer renderer;
  private boolean failed;

  private AuditLog(LogFile file, AuditCodec codec, Clock clock, @Nullable AuditHead head) {
    this.file = file;
    this.codec = codec;
    this.clock = clock;
    this.chain = new Chain(head);
    this.head = head;
  }

  /**
   * Creates a log with mode 0600, or opens an existing one, and locks it. A torn last line is moved
   * to a file beside the log, with the warning {@code audit.torn}.
   *
   * @throws ProblemException {@code audit.open} if the log cannot be opened or is not a regular
   *     file; {@code audit.busy} if another run has it open; {@code audit.broken} if its end is
   *     damaged in any other way than by a torn last line; {@code audit.write} if its end cannot be
   *     read or moved
   */
  public static AuditLog open(
      FileTargets targets, String path, AuditCodec codec, Clock clock, WarningSink warnings) {
    LogFile file = LogFile.open(path, targets);
    try {
      return new AuditLog(file, codec, clock, new LogTail(file).recover(warnings));
    } catch (IOException e) {
      ProblemException problem =
          LogFile.problem(ProblemCode.AUDIT_WRITE, file.path(), "cannot continue", e);
      closeAfter(problem, file);
      throw problem;
    } catch (ProblemException e) {
      closeAfter(e, file);
      throw e;
    }
  }

  private static void closeAfter(ProblemException problem, LogFile file) {
    try {
      file.close();
    } catch (IOException e) {
      problem.addSuppressed(e);
    }
  }

  /**
   * Appends {@code run-started} and makes it durable. All later events belong to this run.
   *
   * @throws ProblemException {@code audit.write}
   */
  public void start(AuditRun run, AuditJob job) {
    renderer = codec.renderer(run);
    append(new AuditEvent.RunStarted(job));
    sync();
  }

  /**
   * Appends a line.
   *
   * @throws ProblemException {@code audit.write}, also if an earlier write failed
   * @throws IllegalStateException before {@link #start}
   */
  public void append(AuditEvent event) {
    if (renderer == null) {
      throw new IllegalStateException("the run has not started");
    }
    requireSound();
    int start = lines.length();
    try {
      chain.begin(lines);
      renderer.render(event, clock.instant(), lines);
      chain.end(lines, start);
    } catch (RuntimeException e) {
      lines.cut(start); // no partial line may reach the log
      throw e;
    } catch (Error e) {
      lines.cut(start);
      failed = true; // the chain may be ahead of its lines
      throw e;
    }
    if (lines.length() >= WRITE_BYTES) {
      write(false);
    }
  }

  /**
   * Makes all appended events durable.
   *
   * @throws ProblemException {@code audit.write}, also if an earlier write failed; {@code
   *     audit.moved} if the log was moved, removed or changed by another program. A renamed log has
   *     the lines and takes more. A truncated log takes none, since they would not continue its
   *     chain.
   */
  public void sync() {
    requireSound();
    write(true);
    head = chain.head();
    requireInPlace();
  }

  private void requireInPlace() {
    try {
      String change = file.foreignChange();
      if (change != null) {
        throw LogFile.problem(ProblemCode.AUDIT_MOVED, file.path(), "cannot continue", change);
      }
    } catch (IOException e) {
      throw LogFile.problem(ProblemCode.AUDIT_WRITE, file.path(), "cannot check", e);
    }
  }

  private void write(boolean durable) {
    try {
      if (!file.hasExpectedSize()) {
        failed = true;
        requireInPlace();
      }
      file.append(lines.content());
      lines.clear();
      if (durable) {
        file.force();
      }
    } catch (IOException e) {
      // Linux reports a failed writeback only once: a second sync could succeed with data lost.
      failed = true;
      throw LogFile.problem(ProblemCode.AUDIT_WRITE, file.path(), "cannot write", e);
    }
  }

  private void requireSound() {
    if (failed) {
      throw LogFile.problem(
          ProblemCode.AUDIT_WRITE, file.path(), "cannot write", "an earlier write failed");
    }
  }

  /** The absolute path. */
  public Path path() {
    return file.path();
  }

  /** The last durable line, for the report; null while the log is empty. */
  public @Nullable AuditHead head() {
    return head;
  }

  /**
   * Syncs, unless a write failed, and unlocks the log.
   *
   * @throws ProblemException {@code audit.write}
   */
  @Override
  public void close() {
    try (file) {
      if (!failed && lines.length() > 0) {
        sync();
      }
    } catch (IOException e) {
      throw LogFile.problem(ProblemCode.AUDIT_WRITE, file.path(), "cannot close", e);
    }
  }
}

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
 * An audit log that a run appends to, alone. Lines are collected in memory and written in large
 * pieces: only {@link #sync} says that they are durable. After a failure nothing more is written;
 * what a failed write left is a torn line, or none, and the next run continues the log.
 */
public final class AuditLog implements AutoCloseable {
  private static final int WRITE_BYTES = 1 << 20;

  /** So that the line that fills a piece seldom makes it grow. */
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
   * Makes a log with mode 0600, or continues one, and locks it. A torn last line is kept in a file
   * beside it, and said as {@code audit.torn}.
   *
   * @throws ProblemException {@code audit.open} if it cannot be opened or is no regular file;
   *     {@code audit.busy} if another run has it; {@code audit.broken} if its end is not as it was
   *     written, apart from a torn last line; {@code audit.write} if its end cannot be read or kept
   *     aside
   */
  public static AuditLog open(
      FileTargets targets, String path, AuditCodec codec, Clock clock, WarningSink warnings) {
    LogFile file = LogFile.open(path, targets);
    try {
      return new AuditLog(file, codec, clock, new LogTail(file).markDurable(warnings));
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
   * Appends {@code run-started} and makes it durable. All that is appended from now on is of this
   * run.
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
      lines.cut(start); // half a line must not reach the log
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
   * Makes everything that was appended durable.
   *
   * @throws ProblemException {@code audit.write}, also if an earlier write failed; {@code
   *     audit.moved} if the log is no longer where it was named. A log that was renamed has the
   *     lines nevertheless, and takes more; one that was cut takes none: they would not follow what
   *     it holds.
   */
  public void sync() {
    requireSound();
    write(true);
    head = chain.head();
    requireInPlace();
  }

  private void requireInPlace() {
    try {
      String lost = file.lost();
      if (lost != null) {
        throw LogFile.problem(ProblemCode.AUDIT_MOVED, file.path(), "cannot go on with", lost);
      }
    } catch (IOException e) {
      throw LogFile.problem(ProblemCode.AUDIT_WRITE, file.path(), "cannot look at", e);
    }
  }

  private void write(boolean durable) {
    try {
      if (!file.isWhole()) {
        failed = true;
        requireInPlace();
      }
      file.append(lines.content());
      lines.clear();
      if (durable) {
        file.force();
      }
    } catch (IOException e) {
      // Linux tells a failed writeback once: a second sync could say yes to what is lost.
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

  /** Where it is, absolute. */
  public Path path() {
    return file.path();
  }

  /** The last line that is durable, for the report; null while the log is empty. */
  public @Nullable AuditHead head() {
    return head;
  }

  /**
   * Syncs what was appended, unless a write failed, and unlocks the log.
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

package io.github.dmtools.dmmerge.audit;

import org.jspecify.annotations.Nullable;

/** One thing that a run did or is about to do. Offsets and lengths are in bytes. */
public sealed interface AuditEvent {
  /** The run begins; nothing has been written. */
  record RunStarted() implements AuditEvent {}

  /**
   * An extent is about to be written: durable before it is.
   *
   * @param batch the barrier that will make it durable, counted from 1 in every run
   * @param sha256Before of the origin's bytes that will be overwritten, 32 bytes
   * @param sha256After of the store's bytes that take their place, 32 bytes
   */
  record ExtentWrite(
      long batch,
      long originOffset,
      long storeOffset,
      long bytes,
      byte[] sha256Before,
      byte[] sha256After)
      implements AuditEvent {}

  /**
   * The barrier behind a batch succeeded: all its extents are durable, but for those that an {@link
   * ExtentFailed} names.
   *
   * @param extents that were written
   * @param bytes that they cover
   */
  record BatchWritten(long batch, long extents, long bytes) implements AuditEvent {}

  /**
   * The barrier behind a batch failed: nothing of it is known to be durable.
   *
   * @param code a problem's dotted code
   * @param message one sentence for people
   */
  record BatchFailed(long batch, String code, String message) implements AuditEvent {}

  /**
   * A range was not copied, or is not known to be durable.
   *
   * @param code a problem's dotted code
   * @param message one sentence for people
   */
  record ExtentFailed(long originOffset, long storeOffset, long bytes, String code, String message)
      implements AuditEvent {}

  /**
   * The run ended by itself.
   *
   * @param written bytes with the barrier behind them
   * @param unchanged bytes that were equal already
   * @param failed bytes not copied, or not known to be durable
   * @param pending bytes that differ, or were not reached
   * @param problemCode why it was interrupted or failed; else null
   */
  record RunFinished(
      Outcome outcome,
      long written,
      long unchanged,
      long failed,
      long pending,
      @Nullable String problemCode)
      implements AuditEvent {}

  /** How a run ended. */
  enum Outcome {
    /** Bytes were written, all of them durable. */
    APPLIED,
    /** The origin held everything already. */
    UNCHANGED,
    /** A signal stopped it at a safe point. */
    INTERRUPTED,
    /** A problem stopped it, or ranges failed. */
    FAILED
  }
}

package io.github.dmtools.dmmerge.audit;

import org.jspecify.annotations.Nullable;

/** One thing that a run did or is about to do. Offsets and lengths are in bytes. */
public sealed interface AuditEvent {
  /**
   * The run begins; nothing has been written.
   *
   * @param job null on a line of a version that did not write it
   */
  record RunStarted(@Nullable AuditJob job) implements AuditEvent {}

  /**
   * An extent is about to be written: durable before it is.
   *
   * @param batch the barrier that will make it durable, counted from 1 in every run
   * @param digested what the two digests are of
   * @param sha256Before of what the origin holds and will be overwritten, 32 bytes
   * @param sha256After of what the store holds and takes its place, 32 bytes
   */
  record ExtentWrite(
      long batch,
      long originOffset,
      long storeOffset,
      long bytes,
      Digested digested,
      byte[] sha256Before,
      byte[] sha256After)
      implements AuditEvent {}

  /**
   * The barrier after a batch succeeded: all its extents are durable, but for those that an {@link
   * ExtentFailed} names.
   *
   * @param extents that were written
   * @param bytes that they cover
   */
  record BatchWritten(long batch, long extents, long bytes) implements AuditEvent {}

  /**
   * The barrier after a batch failed: nothing of it is known to be durable.
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
   * @param written bytes with the barrier after them
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

  /** What the digests of an extent are of. */
  enum Digested {
    /**
     * The SHA-256 of every chunk of the extent, 32 bytes each, in the origin's order and nothing
     * between them; a chunk at the origin's end is as long as the origin has it. These are the
     * digests that a plan names, so that an extent of many chunks can be checked against a plan.
     * Every byte is hashed once: a second digest over the extent's bytes would cost as much again.
     */
    CHUNKS,

    /** The extent's bytes, which are a part of a chunk that is too large to be held in memory. */
    PIECE,

    /** The extent's bytes, on a line of a version before this one. */
    BYTES
  }

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

package io.github.dmtools.dmmerge.audit;

import org.jspecify.annotations.Nullable;

/** Something that a run did or is about to do. Offsets and lengths are in bytes. */
public sealed interface AuditEvent {
  /**
   * The run begins; nothing has been written.
   *
   * @param job null on a line of an earlier version
   */
  record RunStarted(@Nullable AuditJob job) implements AuditEvent {}

  /**
   * An extent is about to be written. This event is durable before the write.
   *
   * @param batch the number of the batch, counted from 1 in every run
   * @param digested what the two digests cover
   * @param sha256Before digest of the origin's bytes, which will be overwritten; 32 bytes
   * @param sha256After digest of the store's bytes, which replace them; 32 bytes
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
   * The barrier after a batch succeeded: its extents are durable, except ranges that an {@link
   * ExtentFailed} names.
   *
   * @param extents number of extents written
   * @param bytes their length
   */
  record BatchWritten(long batch, long extents, long bytes) implements AuditEvent {}

  /**
   * The barrier after a batch failed: none of its extents is known to be durable.
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
   * @param written bytes written and durable
   * @param unchanged bytes that were already equal
   * @param failed bytes not copied, or not known to be durable
   * @param pending bytes that differ, or were not reached
   * @param problemCode why the run was interrupted or failed; else null
   */
  record RunFinished(
      Outcome outcome,
      long written,
      long unchanged,
      long failed,
      long pending,
      @Nullable String problemCode)
      implements AuditEvent {}

  /** What the digests of an extent cover. */
  enum Digested {
    /**
     * The concatenated SHA-256 digests of the extent's chunks, 32 bytes each, in the origin's
     * order. The last chunk of the origin may be clipped. A plan has the same chunk digests, so the
     * extent can be checked against it, and no byte is hashed twice.
     */
    CHUNKS,

    /** The extent's bytes, which are part of a chunk that is too large for memory. */
    PIECE,

    /** The extent's bytes, on a line of an earlier version. */
    BYTES
  }

  /** How a run ended. */
  enum Outcome {
    /** Bytes were written, all of them durable. */
    APPLIED,
    /** The origin had every byte already. */
    UNCHANGED,
    /** A signal stopped it at a safe point. */
    INTERRUPTED,
    /** A problem stopped it, or ranges failed. */
    FAILED
  }
}

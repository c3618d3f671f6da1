package io.github.dmtools.dmmerge.apply;

/** Counts exceptions and bytes by disposition. */
final class OutcomeCounts {
  /** What became of a piece. An exception has the highest disposition of its pieces. */
  enum Disposition {
    UNCHANGED,
    WRITTEN,
    FAILED
  }

  private final Sums exceptions;
  private final Sums bytes;
  private Disposition exceptionDisposition = Disposition.UNCHANGED;

  /**
   * Starts with everything pending.
   *
   * @param exceptions in the table
   * @param bytes that they cover
   */
  OutcomeCounts(long exceptions, long bytes) {
    this.exceptions = new Sums(exceptions);
    this.bytes = new Sums(bytes);
  }

  /** Adds the next piece. The pieces of an exception are consecutive. */
  void add(Disposition disposition, long pieceBytes, boolean lastOfException) {
    bytes.add(disposition, pieceBytes);
    if (disposition.compareTo(exceptionDisposition) > 0) {
      exceptionDisposition = disposition;
    }
    if (lastOfException) {
      exceptions.add(exceptionDisposition, 1);
      exceptionDisposition = Disposition.UNCHANGED;
    }
  }

  /** Call after a successful barrier. */
  void markDurable() {
    exceptions.endBatch(true);
    bytes.endBatch(true);
  }

  /** Call after a failed barrier: nothing written since the last one is known to be durable. */
  void failPending() {
    exceptions.endBatch(false);
    bytes.endBatch(false);
  }

  long pendingBytes() {
    return bytes.pending;
  }

  Counts exceptions() {
    return exceptions.counts();
  }

  Counts bytes() {
    return bytes.counts();
  }

  private static final class Sums {
    private final long total;
    private long written;
    private long pending;
    private long unchanged;
    private long failed;

    Sums(long total) {
      this.total = total;
    }

    void add(Disposition disposition, long amount) {
      switch (disposition) {
        case UNCHANGED -> unchanged += amount;
        case WRITTEN -> pending += amount;
        case FAILED -> failed += amount;
      }
    }

    void endBatch(boolean durable) {
      if (durable) {
        written += pending;
      } else {
        failed += pending;
      }
      pending = 0;
    }

    Counts counts() {
      return new Counts(
          total, written, unchanged, failed, total - written - pending - unchanged - failed);
    }
  }
}

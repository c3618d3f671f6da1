package io.github.dmtools.dmmerge.apply;

/** Counts exceptions and bytes by what became of them. */
final class OutcomeCounts {
  /** What became of a piece, and of an exception: the last of these that one of its pieces met. */
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

  /** Adds the next piece; those of an exception follow one another. */
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

  /** A barrier succeeded. */
  void markDurable() {
    exceptions.markDurable(false);
    bytes.markDurable(false);
  }

  /** A barrier failed: nothing that was written since the one before is known to be durable. */
  void failPending() {
    exceptions.markDurable(true);
    bytes.markDurable(true);
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

    void markDurable(boolean lost) {
      if (lost) {
        failed += pending;
      } else {
        written += pending;
      }
      pending = 0;
    }

    Counts counts() {
      return new Counts(
          total, written, unchanged, failed, total - written - pending - unchanged - failed);
    }
  }
}

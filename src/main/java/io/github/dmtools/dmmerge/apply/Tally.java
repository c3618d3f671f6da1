package io.github.dmtools.dmmerge.apply;

/** Counts exceptions and bytes by what became of them. */
final class Tally {
  /** What became of a piece, and of an exception: the last of these that one of its pieces met. */
  enum Fate {
    UNCHANGED,
    WRITTEN,
    FAILED
  }

  private final Sums exceptions;
  private final Sums bytes;
  private Fate exceptionFate = Fate.UNCHANGED;

  /**
   * Starts with everything pending.
   *
   * @param exceptions in the table
   * @param bytes that they cover
   */
  Tally(long exceptions, long bytes) {
    this.exceptions = new Sums(exceptions);
    this.bytes = new Sums(bytes);
  }

  /** Adds the next piece; those of an exception follow one another. */
  void add(Fate fate, long pieceBytes, boolean lastOfException) {
    bytes.add(fate, pieceBytes);
    if (fate.compareTo(exceptionFate) > 0) {
      exceptionFate = fate;
    }
    if (lastOfException) {
      exceptions.add(exceptionFate, 1);
      exceptionFate = Fate.UNCHANGED;
    }
  }

  /** A barrier succeeded. */
  void settle() {
    exceptions.settle(false);
    bytes.settle(false);
  }

  /** A barrier failed: nothing that was written since the one before is known to be durable. */
  void failUnsettled() {
    exceptions.settle(true);
    bytes.settle(true);
  }

  long unsettledBytes() {
    return bytes.unsettled;
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
    private long unsettled;
    private long unchanged;
    private long failed;

    Sums(long total) {
      this.total = total;
    }

    void add(Fate fate, long amount) {
      switch (fate) {
        case UNCHANGED -> unchanged += amount;
        case WRITTEN -> unsettled += amount;
        case FAILED -> failed += amount;
      }
    }

    void settle(boolean lost) {
      if (lost) {
        failed += unsettled;
      } else {
        written += unsettled;
      }
      unsettled = 0;
    }

    Counts counts() {
      return new Counts(
          total, written, unchanged, failed, total - written - unsettled - unchanged - failed);
    }
  }
}

package io.github.dmtools.dmmerge.endtoend;

/** Counts kills by what they left. */
final class KillTally {
  private int rounds;
  private int before;
  private int between;
  private int after;
  private int late;
  private int tornChunks;
  private int tornLines;

  void round() {
    rounds++;
  }

  /** A run ended before the kill. */
  void late() {
    late++;
  }

  /**
   * A run was killed.
   *
   * @param merged bytes of the store in the origin at the start of the run
   * @param left state of the origin after the kill
   * @param total bytes to write
   */
  void kill(long merged, StampedStore.Merged left, long total, boolean tornLine) {
    if (left.bytes() == total) {
      after++;
    } else if (left.bytes() == merged) {
      before++;
    } else {
      between++;
    }
    tornChunks += left.tornChunks() > 0 ? 1 : 0;
    tornLines += tornLine ? 1 : 0;
  }

  void add(KillTally other) {
    rounds += other.rounds;
    before += other.before;
    between += other.between;
    after += other.after;
    late += other.late;
    tornChunks += other.tornChunks;
    tornLines += other.tornLines;
  }

  int kills() {
    return before + between + after;
  }

  /** Number of attempted kills. */
  int attempts() {
    return kills() + late;
  }

  /** Kills after the first and before the last write of their run. */
  int between() {
    return between;
  }

  @Override
  public String toString() {
    return String.format(
        "%d rounds, %d kills: %d between the first and the last write, %d before, %d after; %d left"
            + " a chunk in part, %d a line of the log in part; %d runs were over before",
        rounds, kills(), between, before, after, tornChunks, tornLines, late);
  }
}

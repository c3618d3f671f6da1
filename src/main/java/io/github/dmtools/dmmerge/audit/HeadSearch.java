package io.github.dmtools.dmmerge.audit;

import org.jspecify.annotations.Nullable;

/** Searches a log for the expected line. Later lines may follow it. */
final class HeadSearch {
  private final ExpectedHead expected;
  private boolean found;
  private boolean replaced;

  HeadSearch(ExpectedHead expected) {
    this.expected = expected;
  }

  /** Takes a line that is in place. Returns false if it has the number of the expected line. */
  boolean accept(ChainLink link) {
    Long seq = expected.seq();
    boolean same = link.lineSha256().equals(expected.lineSha256());
    if (seq == null) {
      found |= same;
      return true;
    }
    if (link.seq() != seq) {
      return true;
    }
    found |= same;
    replaced |= !same;
    return same;
  }

  /**
   * Returns why the log does not contain the line; null if it does, or if {@link #accept} returned
   * false.
   *
   * @param last number of the last line, including damaged ones
   */
  @Nullable String missing(long last) {
    Long seq = expected.seq();
    if (found || replaced) {
      return null;
    }
    if (seq == null) {
      return "no line has the SHA-256 " + expected.lineSha256();
    }
    return seq > last ? "it ends before line " + seq + ", which it had" : null;
  }

  HeadCheck result() {
    return new HeadCheck(expected, found);
  }
}

package io.github.dmtools.dmmerge.audit;

import org.jspecify.annotations.Nullable;

/** Looks for the line that a log must have. A log may have gone on since. */
final class HeadSearch {
  private final ExpectedHead expected;
  private boolean found;
  private boolean other;

  HeadSearch(ExpectedHead expected) {
    this.expected = expected;
  }

  /** Takes a line that is in its place. Returns false if it has the place of the one sought. */
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
    other |= !same;
    return same;
  }

  /**
   * Returns why a log that ended does not have the line, for people; null if it has it, or if
   * another finding says so.
   *
   * @param last the number of the last line, damaged ones included
   */
  @Nullable String missing(long last) {
    Long seq = expected.seq();
    if (found || other) {
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

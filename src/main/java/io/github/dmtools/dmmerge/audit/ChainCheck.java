package io.github.dmtools.dmmerge.audit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Follows a chain from its first line and notes where it is broken, each place once. */
final class ChainCheck {
  /** Findings that are kept. */
  static final int MAX_FINDINGS = 1000;

  private final List<AuditFinding> findings = new ArrayList<>();
  private long omitted;
  private long lastSeq;
  private String lastSha256 = LineFormat.NO_SHA256;

  /** Lines since then that could not be read: where the chain goes on is not known exactly. */
  private long damaged;

  /** A line whose bytes are not those that were written. */
  void damaged(long line, long offset) {
    damaged++;
    find("audit.changed", "is not as it was written: its SHA-256 is another", line, offset);
  }

  /** The last line has no line feed. */
  void cut(long line, long offset) {
    find("audit.cut", "is cut: it has no end", line, offset);
  }

  /** Nothing in the file is a line of a log: that is all there is to say of it. */
  void noLog() {
    findings.clear();
    omitted = 0;
    findings.add(new AuditFinding("audit.no_log", "it is no audit log", 1, 0));
  }

  /** The log does not go as far as it did. */
  void cutShort(String how, long line, long offset) {
    keep(
        new AuditFinding(
            "audit.cut_short", how + ": its end was cut off, or it is another log", line, offset));
  }

  /** A line that is in its place, and is not the one that was there. */
  void other(long line, long offset) {
    find("audit.changed", "is not the one that was there: its SHA-256 is another", line, offset);
  }

  /** The number of the last line, if every damaged one after it is one. */
  long lastSeq() {
    return lastSeq + damaged;
  }

  /** Whether every line so far is in its place. */
  boolean isIntact() {
    return findings.isEmpty();
  }

  /** A line that is whole, and says nothing that a log does. */
  void syntax(long line, long offset) {
    find("audit.syntax", "is no event of an audit log", line, offset);
  }

  /** Takes a line whose digest is right. Returns whether it goes on where the one before ended. */
  boolean follow(ChainLink link, long line, long offset) {
    long seq = link.seq();
    long latest = lastSeq + damaged + 1;
    if (seq <= lastSeq) {
      find("audit.reordered", "is out of order: it has number " + seq + after(), line, offset);
      return false;
    }
    if (seq > latest) {
      find(
          "audit.missing",
          "has number " + seq + after() + ": lines between are missing or stand elsewhere",
          line,
          offset);
    } else if (damaged == 0 && !link.prevSha256().equals(lastSha256)) {
      find(
          "audit.changed",
          "does not follow the line before: one of them is not what was written there",
          line,
          offset);
    }
    lastSeq = seq;
    lastSha256 = link.lineSha256();
    damaged = 0;
    return true;
  }

  private String after() {
    return lastSeq == 0 ? " at the log's beginning" : " after number " + lastSeq;
  }

  private void find(String code, String what, long line, long offset) {
    keep(new AuditFinding(code, "line " + line + " " + what, line, offset));
  }

  private void keep(AuditFinding finding) {
    if (findings.size() < MAX_FINDINGS) {
      findings.add(finding);
    } else {
      omitted++;
    }
  }

  @Nullable AuditHead head() {
    return lastSeq == 0 ? null : new AuditHead(lastSeq, lastSha256);
  }

  List<AuditFinding> findings() {
    return List.copyOf(findings);
  }

  long omitted() {
    return omitted;
  }
}

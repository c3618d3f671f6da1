package io.github.dmtools.dmmerge.audit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Follows a chain from its first line and records where it is broken, each place once. */
final class ChainCheck {
  static final int MAX_FINDINGS = 1000;

  private final List<AuditFinding> findings = new ArrayList<>();
  private long omitted;
  private long lastSeq;
  private String lastSha256 = LineFormat.ZERO_SHA256;

  /** Damaged lines since then. The number of the next line is not known exactly. */
  private long damaged;

  /** Records a line that does not match its digest. */
  void damaged(long line, long offset) {
    damaged++;
    find("audit.changed", "was changed: it does not match its SHA-256", line, offset);
  }

  /** Records a last line without a line feed. */
  void cut(long line, long offset) {
    find("audit.cut", "is cut off: it has no line feed", line, offset);
  }

  /** Reports only that the file is not a log. */
  void notALog() {
    findings.clear();
    omitted = 0;
    findings.add(new AuditFinding("audit.no_log", "it is not an audit log", 1, 0));
  }

  /** Records that the expected line is missing. */
  void cutShort(String how, long line, long offset) {
    keep(
        new AuditFinding(
            "audit.cut_short",
            how + ": its end was cut off, or it is a different log",
            line,
            offset));
  }

  /** Records that another line is in the place of the expected one. */
  void replaced(long line, long offset) {
    find("audit.changed", "is not the expected line: its SHA-256 differs", line, offset);
  }

  /** The number of the last line, counting each damaged one as one line. */
  long lastSeq() {
    return lastSeq + damaged;
  }

  /** True if every line so far is in place. */
  boolean isIntact() {
    return findings.isEmpty();
  }

  /** Records an intact line that is not an audit event. */
  void syntax(long line, long offset) {
    find("audit.syntax", "is not an audit event", line, offset);
  }

  /** Takes a line that matches its digest. Returns false if it is out of order. */
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
          "has number " + seq + after() + ": lines between are missing or were moved",
          line,
          offset);
    } else if (damaged == 0 && !link.prevSha256().equals(lastSha256)) {
      find(
          "audit.changed",
          "does not follow the line before: one of the two was changed",
          line,
          offset);
    }
    lastSeq = seq;
    lastSha256 = link.lineSha256();
    damaged = 0;
    return true;
  }

  private String after() {
    return lastSeq == 0 ? " at the start of the log" : " after number " + lastSeq;
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

package io.github.dmtools.dmmerge.audit;

import io.github.dmtools.dmmerge.digest.Sha256;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.WarningSink;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Finds the last line of a log, to be continued. Logs get long, so only the last 16 MiB are read:
 * they must be complete lines of the chain, optionally followed by what {@link TornTail}
 * recognizes. With any other damage the log is not touched.
 */
final class LogTail {
  /** How many bytes before the end are checked. */
  static final long CHECKED_BYTES = 16 << 20;

  private static final int BLOCK_BYTES = 1 << 16;

  private final LogFile file;
  private final MessageDigest digest = Sha256.create();

  LogTail(LogFile file) {
    this.file = file;
  }

  /**
   * Checks the end of the log, and moves a torn last line into a file beside it.
   *
   * @return the last complete line; null if there is none
   * @throws ProblemException {@code audit.broken}; the log is unchanged
   */
  @Nullable AuditHead recover(WarningSink warnings) throws IOException {
    long size = file.size();
    long end = lineFeedBefore(size) + 1;
    AuditHead head = end == 0 ? null : lastLine(end);
    if (end < size) {
      if (!new TornTail(file::read).isTorn(end, size, head)) {
        throw broken(end, "is not an unfinished line of this log");
      }
      Path aside = file.moveTail(end);
      warnings.warn(TornFiles.moved(file.path(), aside, size - end));
    }
    return head;
  }

  /** Follows the chain through the checked bytes, which end with a line feed. */
  private AuditHead lastLine(long end) throws IOException {
    long from = Math.max(0, end - CHECKED_BYTES);
    // One more byte, to see whether a line starts exactly there.
    long start = Math.max(0, from - 1);
    LineReader lines = new LineReader(new RangeStream(start, end));
    if (from > 0) {
      lines.next();
    }
    ChainLink last = null;
    while (lines.next()) {
      ChainLink link = ChainLink.read(lines.bytes(), lines.start(), lines.length(), digest);
      if (link == null) {
        throw broken(start + lines.offset(), "does not match its SHA-256");
      }
      if (last == null ? from == 0 && !link.isFirst() : !link.follows(last)) {
        throw broken(start + lines.offset(), "does not follow the line before");
      }
      last = link;
    }
    if (last == null) {
      throw broken(from, "is longer than any line");
    }
    return last.head();
  }

  private ProblemException broken(long offset, String what) throws IOException {
    String why =
        hasLogStart() ? "the line at byte " + offset + " " + what : "it is not an audit log";
    return new ProblemException(
        Problem.at(
            ProblemCode.AUDIT_BROKEN,
            file.path().toString(),
            offset,
            "cannot continue the audit log " + file.path() + ": " + why));
  }

  private boolean hasLogStart() throws IOException {
    int length = (int) Math.min(LineFormat.SEQ.length, file.size());
    return LineFormat.hasLineStart(file.read(0, length), 0, length);
  }

  /** Returns the offset of the last line feed before {@code end}, or -1. */
  private long lineFeedBefore(long end) throws IOException {
    for (long to = end; to > 0; ) {
      int length = (int) Math.min(to, BLOCK_BYTES);
      byte[] block = file.read(to - length, length);
      for (int i = length - 1; i >= 0; i--) {
        if (block[i] == '\n') {
          return to - length + i;
        }
      }
      to -= length;
    }
    return -1;
  }

  /** A range of the log as a stream. */
  private final class RangeStream extends InputStream {
    private final long end;
    private long at;

    RangeStream(long start, long end) {
      this.at = start;
      this.end = end;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (at == end) {
        return -1;
      }
      byte[] block = file.read(at, (int) Math.min(end - at, Math.min(length, BLOCK_BYTES)));
      System.arraycopy(block, 0, bytes, offset, block.length);
      at += block.length;
      return block.length;
    }
  }
}

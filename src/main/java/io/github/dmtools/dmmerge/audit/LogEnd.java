package io.github.dmtools.dmmerge.audit;

import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.WarningSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Finds where a log is to be continued. Reads its end alone: logs get long. */
final class LogEnd {
  private static final int BLOCK_BYTES = 1 << 16;

  /** More than a run appends between two syncs. */
  private static final long UNSURE_BYTES = 32 << 20;

  private final LogFile file;

  LogEnd(LogFile file) {
    this.file = file;
  }

  /**
   * Keeps a torn last line aside, and reads the last whole one.
   *
   * @return null if there is none
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code audit.broken} if the last
   *     whole line is none of a chain
   */
  @Nullable AuditHead settle(WarningSink warnings) throws IOException {
    long size = file.size();
    long end = lineFeedBefore(firstHole(size)) + 1;
    AuditHead head = end == 0 ? null : lastLine(end);
    if (head == null) {
      requireLog(size);
    }
    if (end < size) {
      Path aside = file.keepAside(end);
      warnings.warn(TornFiles.kept(file.path(), aside, size - end));
    }
    return head;
  }

  /**
   * Where the first zero is in the part of a log that may not have been durable when the power
   * failed: a file system may have the log's new size and not all of its data. No line holds one.
   *
   * @return the size if there is none
   */
  private long firstHole(long size) throws IOException {
    for (long at = Math.max(0, size - UNSURE_BYTES); at < size; at += BLOCK_BYTES) {
      byte[] block = file.read(at, (int) Math.min(BLOCK_BYTES, size - at));
      for (int i = 0; i < block.length; i++) {
        if (block[i] == 0) {
          return at + i;
        }
      }
    }
    return size;
  }

  /**
   * Nothing is taken from a file that is no log, named by mistake. A first line that is torn begins
   * as a line does, or with the zeroes that a power cut left in its place.
   */
  private void requireLog(long size) throws IOException {
    int length = (int) Math.min(Frame.SEQ.length, size);
    boolean line = Arrays.equals(file.read(0, length), Arrays.copyOf(Frame.SEQ, length));
    if (!line && !(size <= UNSURE_BYTES && isZero(size))) {
      throw LogFile.problem(
          ProblemCode.AUDIT_BROKEN, file.path(), "cannot continue", "it is no audit log");
    }
  }

  private boolean isZero(long size) throws IOException {
    for (long at = 0; at < size; at += BLOCK_BYTES) {
      byte[] block = file.read(at, (int) Math.min(BLOCK_BYTES, size - at));
      if (!Arrays.equals(block, new byte[block.length])) {
        return false;
      }
    }
    return true;
  }

  private AuditHead lastLine(long end) throws IOException {
    long start = lineFeedBefore(end - 1) + 1;
    long length = end - 1 - start;
    if (length <= Frame.MAX_LINE_BYTES) {
      byte[] line = file.read(start, (int) length);
      Link link = Link.read(line, 0, line.length, Sha256.create());
      if (link != null) {
        return new AuditHead(link.seq(), link.lineSha256());
      }
    }
    throw LogFile.problem(
        ProblemCode.AUDIT_BROKEN,
        file.path(),
        "cannot continue",
        "its last line is not as it was written");
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
}

package io.github.dmtools.dmmerge.audit;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads lines of any length in bounded memory. */
final class LineReader {
  private static final int START_BYTES = 1 << 20;

  private final InputStream in;
  private byte[] buffer = new byte[START_BYTES];
  private int start;
  private int end;
  private int lineBytes;
  private long offset;
  private long fileOffset;
  private boolean ended;
  private boolean terminated;

  LineReader(InputStream in) {
    this.in = in;
  }

  /** Steps to the next line. Returns false after the last one. */
  boolean next() throws IOException {
    start += lineBytes + (terminated ? 1 : 0);
    offset = fileOffset;
    terminated = false;
    lineBytes = 0;
    for (int at = start; ; at++) {
      if (at == end) {
        int seen = at - start;
        if (!fill()) {
          lineBytes = end - start;
          return lineBytes > 0;
        }
        at = start + seen;
      }
      fileOffset++;
      if (buffer[at] == '\n') {
        lineBytes = at - start;
        terminated = true;
        return true;
      }
      if (at - start == LineFormat.MAX_LINE_BYTES) {
        lineBytes = at - start;
        skip(at + 1);
        return true;
      }
    }
  }

  /** Skips the rest of a line that is too long for a log. */
  private void skip(int from) throws IOException {
    for (int at = from; ; at++) {
      if (at == end) {
        end = start + lineBytes;
        if (!fill()) {
          return;
        }
        at = start + lineBytes;
      }
      fileOffset++;
      if (buffer[at] == '\n') {
        // Keeps the start of the line directly before the next line.
        System.arraycopy(buffer, start, buffer, at - lineBytes, lineBytes);
        start = at - lineBytes;
        terminated = true;
        return;
      }
    }
  }

  private boolean fill() throws IOException {
    if (ended) {
      return false;
    }
    System.arraycopy(buffer, start, buffer, 0, end - start);
    end -= start;
    start = 0;
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, 2 * buffer.length);
    }
    int read = in.read(buffer, end, buffer.length - end);
    ended = read < 0;
    end += Math.max(read, 0);
    return !ended;
  }

  /** The buffer that contains the line; valid until {@link #next}. */
  byte[] bytes() {
    return buffer;
  }

  /** Index of the line in {@link #bytes}. */
  int start() {
    return start;
  }

  /** The line's length without its line feed; at most {@link LineFormat#MAX_LINE_BYTES}. */
  int length() {
    return lineBytes;
  }

  /** Byte offset of the line in the file. */
  long offset() {
    return offset;
  }

  /** True if the line ends with a line feed. */
  boolean isTerminated() {
    return terminated;
  }
}

package io.github.dmtools.dmmerge.audit;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads a file line by line, of any length, in bounded memory. */
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
  private boolean whole;

  LineReader(InputStream in) {
    this.in = in;
  }

  /** Steps to the next line. Returns false after the last one. */
  boolean next() throws IOException {
    start += lineBytes + (whole ? 1 : 0);
    offset = fileOffset;
    whole = false;
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
        whole = true;
        return true;
      }
      if (at - start == LineFormat.MAX_LINE_BYTES) {
        lineBytes = at - start;
        skip(at + 1);
        return true;
      }
    }
  }

  /** Drops the rest of a line that is too long to be one of ours. */
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
        // What is left of the line ends where the next one begins.
        System.arraycopy(buffer, start, buffer, at - lineBytes, lineBytes);
        start = at - lineBytes;
        whole = true;
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

  /** Holds the line, valid until the next step. */
  byte[] bytes() {
    return buffer;
  }

  /** Where the line begins in {@link #bytes}. */
  int start() {
    return start;
  }

  /** The line's length without its line feed; at most {@link LineFormat#MAX_LINE_BYTES}. */
  int length() {
    return lineBytes;
  }

  /** Where the line begins in the file. */
  long offset() {
    return offset;
  }

  /** Whether the line has its line feed. */
  boolean isWhole() {
    return whole;
  }
}

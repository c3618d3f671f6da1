package io.github.dmtools.dmmerge.audit;

import io.github.dmtools.dmmerge.digest.Sha256;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes what a kill, a full disk or a power failure leaves past a log's last line feed: the
 * start of the next line of the chain, zeroes, or both in this order. The zeroes come from a file
 * system that kept a file's new size and lost the data.
 */
final class TornTail {
  /** More than a run appends between two syncs. */
  private static final long MAX_TORN_BYTES = 32 << 20;

  private static final int BLOCK_BYTES = 1 << 16;

  /** Reads a log. */
  @FunctionalInterface
  interface Source {
    /** Reads exactly {@code length} bytes. */
    byte[] read(long offset, int length) throws IOException;
  }

  private final Source log;
  private final MessageDigest digest = Sha256.create();

  TornTail(Source log) {
    this.log = log;
  }

  /**
   * True if everything past the last line feed was left by a run that did not finish its last line.
   *
   * @param offset of the byte past the last line feed
   * @param size of the log, larger than {@code offset}
   * @param head the last complete line; null if there is none
   */
  boolean isTorn(long offset, long size, @Nullable AuditHead head) throws IOException {
    if (size - offset > MAX_TORN_BYTES) {
      return false;
    }
    long length = lastNonZero(offset, size) + 1 - offset;
    if (length == 0) {
      return true;
    }
    return length <= LineFormat.MAX_LINE_BYTES && isBegun(log.read(offset, (int) length), head);
  }

  /** Returns {@code offset - 1} if all bytes are zero. */
  private long lastNonZero(long offset, long size) throws IOException {
    for (long to = size; to > offset; ) {
      int length = (int) Math.min(to - offset, BLOCK_BYTES);
      byte[] block = log.read(to - length, length);
      for (int i = length - 1; i >= 0; i--) {
        if (block[i] != 0) {
          return to - length + i;
        }
      }
      to -= length;
    }
    return offset - 1;
  }

  private boolean isBegun(byte[] line, @Nullable AuditHead head) {
    LineBuffer next = new LineBuffer(2 * LineFormat.TAIL_BYTES);
    new Chain(head).begin(next);
    byte[] begin = next.toArray();
    int compared = Math.min(begin.length, line.length);
    if (!Arrays.equals(line, 0, compared, begin, 0, compared) || indexOf(line, new byte[1]) >= 0) {
      return false;
    }
    int tail = indexOf(line, LineFormat.DIGEST);
    int tailBytes = line.length - tail;
    // A line that lacks only its line feed must match its digest, and nothing may follow it.
    return tail < 0
        || tailBytes < LineFormat.TAIL_BYTES
        || (tailBytes == LineFormat.TAIL_BYTES
            && ChainLink.read(line, 0, line.length, digest) != null);
  }

  private static int indexOf(byte[] bytes, byte[] sought) {
    for (int at = 0; at + sought.length <= bytes.length; at++) {
      if (bytes[at] == sought[0]
          && Arrays.equals(bytes, at, at + sought.length, sought, 0, sought.length)) {
        return at;
      }
    }
    return -1;
  }
}

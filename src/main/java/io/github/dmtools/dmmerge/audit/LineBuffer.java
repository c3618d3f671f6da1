package io.github.dmtools.dmmerge.audit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/** A growing buffer for rendered lines. */
public final class LineBuffer {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_DIGITS = 19;

  /**
   * Multiplied with this and shifted, a positive int is divided by ten. Java's quick compiler does
   * not replace divisions, and a plan has dozens of digits a line.
   */
  private static final long TENTH = 0xcccc_cccdL;

  private static final int TENTH_SHIFT = 35;

  private final byte[] digits = new byte[MAX_DIGITS];
  private byte[] bytes;
  private int length;

  /** Creates an empty buffer with an initial capacity in bytes. */
  public LineBuffer(int capacity) {
    this.bytes = new byte[capacity];
  }

  /** Appends bytes. */
  public LineBuffer bytes(byte[] added) {
    reserve(added.length);
    System.arraycopy(added, 0, bytes, length, added.length);
    length += added.length;
    return this;
  }

  /** Appends ASCII characters. */
  public LineBuffer ascii(String text) {
    reserve(text.length());
    for (int i = 0; i < text.length(); i++) {
      bytes[length++] = (byte) text.charAt(i);
    }
    return this;
  }

  /** Appends one ASCII character. */
  public LineBuffer ascii(char c) {
    reserve(1);
    bytes[length++] = (byte) c;
    return this;
  }

  /** Appends a decimal number, at least 0. */
  public LineBuffer number(long value) {
    int at = MAX_DIGITS;
    long rest = value;
    while (rest > Integer.MAX_VALUE) {
      digits[--at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    int small = (int) rest;
    do {
      int tens = (int) ((small * TENTH) >>> TENTH_SHIFT);
      digits[--at] = (byte) ('0' + small - 10 * tens);
      small = tens;
    } while (small != 0);
    reserve(MAX_DIGITS - at);
    System.arraycopy(digits, at, bytes, length, MAX_DIGITS - at);
    length += MAX_DIGITS - at;
    return this;
  }

  /** Appends a number of exactly {@code width} digits. */
  public LineBuffer padded(int value, int width) {
    reserve(width);
    int rest = value;
    for (int at = length + width - 1; at >= length; at--) {
      bytes[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += width;
    return this;
  }

  /** Appends bytes in lower-case hexadecimal. */
  public LineBuffer hex(byte[] value) {
    reserve(2 * value.length);
    for (byte b : value) {
      bytes[length++] = HEX[b >> 4 & 0xf];
      bytes[length++] = HEX[b & 0xf];
    }
    return this;
  }

  /** Length in bytes. */
  public int length() {
    return length;
  }

  /** Updates a digest with everything from {@code start} on. */
  void digest(int start, MessageDigest digest) {
    digest.update(bytes, start, length - start);
  }

  /** The content. Valid until the next change. */
  ByteBuffer content() {
    return ByteBuffer.wrap(bytes, 0, length);
  }

  /** A copy of the content. */
  byte[] toArray() {
    return Arrays.copyOf(bytes, length);
  }

  /** Writes the content to a stream. */
  public void writeTo(OutputStream out) throws IOException {
    out.write(bytes, 0, length);
  }

  /** Empties the buffer. */
  public void clear() {
    length = 0;
  }

  /** Removes everything from {@code start} on. */
  void cut(int start) {
    length = start;
  }

  private void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(length, more)));
    }
  }
}

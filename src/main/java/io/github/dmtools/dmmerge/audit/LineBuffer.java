package io.github.dmtools.dmmerge.audit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/** Bytes of lines to come, in one array that grows where it must. */
public final class LineBuffer {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_DIGITS = 19;

  private final byte[] digits = new byte[MAX_DIGITS];
  private byte[] bytes;
  private int length;

  /** An empty one, for so many bytes at first. */
  public LineBuffer(int capacity) {
    this.bytes = new byte[capacity];
  }

  /** Appends bytes as they stand. */
  public LineBuffer bytes(byte[] added) {
    require(added.length);
    System.arraycopy(added, 0, bytes, length, added.length);
    length += added.length;
    return this;
  }

  /** Appends characters that are all ASCII. */
  public LineBuffer ascii(String text) {
    require(text.length());
    for (int i = 0; i < text.length(); i++) {
      bytes[length++] = (byte) text.charAt(i);
    }
    return this;
  }

  /** Appends one ASCII character. */
  public LineBuffer ascii(char c) {
    require(1);
    bytes[length++] = (byte) c;
    return this;
  }

  /** Appends a decimal number, which is not negative. */
  public LineBuffer number(long value) {
    int at = MAX_DIGITS;
    long rest = value;
    do {
      digits[--at] = (byte) ('0' + rest % 10);
      rest /= 10;
    } while (rest != 0);
    require(MAX_DIGITS - at);
    System.arraycopy(digits, at, bytes, length, MAX_DIGITS - at);
    length += MAX_DIGITS - at;
    return this;
  }

  /** Appends a number of exactly {@code width} digits. */
  public LineBuffer padded(int value, int width) {
    require(width);
    int rest = value;
    for (int at = length + width - 1; at >= length; at--) {
      bytes[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += width;
    return this;
  }

  /** Appends lower-case hexadecimal digits, two a byte. */
  public LineBuffer hex(byte[] value) {
    require(2 * value.length);
    for (byte b : value) {
      bytes[length++] = HEX[b >> 4 & 0xf];
      bytes[length++] = HEX[b & 0xf];
    }
    return this;
  }

  /** Bytes in it. */
  public int length() {
    return length;
  }

  /** Feeds everything from {@code start} on into a digest. */
  void digest(int start, MessageDigest digest) {
    digest.update(bytes, start, length - start);
  }

  /** All of it, to be written. Valid until the next change. */
  ByteBuffer content() {
    return ByteBuffer.wrap(bytes, 0, length);
  }

  /** All of it, copied. */
  byte[] toArray() {
    return Arrays.copyOf(bytes, length);
  }

  /** Writes all of it. */
  public void writeTo(OutputStream out) throws IOException {
    out.write(bytes, 0, length);
  }

  /** Makes it empty. */
  public void clear() {
    length = 0;
  }

  /** Takes back everything from {@code start} on. */
  void cut(int start) {
    length = start;
  }

  private void require(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(length, more)));
    }
  }
}

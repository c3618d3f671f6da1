package io.github.dmtools.dmmerge.json;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * The bytes of a plan: UTF-8 and nothing else, and no more of them than the reader allows. A few
 * KiB of a compressed file can be gigabytes here.
 *
 * <p>A zero byte is refused too: no JSON in UTF-8 has one, and a parser would take it for a sign of
 * UTF-16 or UTF-32.
 */
final class PlanInput extends FilterInputStream {
  private static final int MAX_SEQUENCE_BYTES = 4;

  private final Function<String, RuntimeException> broken;
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private final CharBuffer chars = CharBuffer.allocate(8 * 1024);

  /** The bytes of a character whose rest is not read yet, to be read from. */
  private final ByteBuffer begun = ByteBuffer.allocate(2 * MAX_SEQUENCE_BYTES).limit(0);

  private long left;

  /**
   * @param broken makes the exception that says what is wrong with the plan
   */
  PlanInput(InputStream in, Function<String, RuntimeException> broken) {
    super(in);
    this.broken = broken;
  }

  /** From here on as many bytes may be read, whatever was allowed before. */
  void allow(long bytes) {
    left = bytes;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = readSome(bytes, offset, length);
    if (read < 0) {
      if (begun.hasRemaining()) {
        throw broken.apply("is not UTF-8: its last character is cut");
      }
      return read;
    }
    left -= read;
    if (left < 0) {
      throw broken.apply("is not a plan: a part of it is larger than that of any plan");
    }
    requireUtf8(bytes, offset, read);
    return read;
  }

  private int readSome(byte[] bytes, int offset, int length) throws IOException {
    try {
      return in.read(bytes, offset, length);
    } catch (StackOverflowError e) {
      // Java reads the empty members of a gzip file by recursion.
      throw broken.apply("is not a plan: its gzip file has too many members");
    }
  }

  private void requireUtf8(byte[] bytes, int offset, int length) {
    int at = offset;
    if (!begun.hasRemaining()) {
      while (at < offset + length && bytes[at] > 0) {
        at++;
      }
    }
    if (at < offset + length) {
      decode(ByteBuffer.wrap(bytes, at, offset + length - at));
    }
  }

  private void decode(ByteBuffer bytes) {
    while (begun.hasRemaining() && bytes.hasRemaining()) {
      begun.compact().put(bytes.get()).flip();
      step(begun);
    }
    while (bytes.remaining() > 0) {
      int before = bytes.position();
      step(bytes);
      if (bytes.position() == before) {
        begun.clear().put(bytes).flip();
      }
    }
  }

  /** Decodes what is whole. */
  private void step(ByteBuffer bytes) {
    chars.clear();
    if (decoder.decode(bytes, chars, false).isError() || hasZero(chars.flip())) {
      throw broken.apply("is not UTF-8");
    }
  }

  private static boolean hasZero(CharBuffer chars) {
    while (chars.hasRemaining()) {
      if (chars.get() == 0) {
        return true;
      }
    }
    return false;
  }
}

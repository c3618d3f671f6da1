package io.github.dmtools.dmmerge.json;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;

/**
 * The decompressed bytes of a plan. They must be UTF-8, and not more than the reader allows: a few
 * KiB of a compressed file can be gigabytes.
 *
 * <p>Zero bytes are refused: JSON in UTF-8 has none, and a parser would assume UTF-16 or UTF-32.
 */
final class PlanInput extends FilterInputStream {
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int MAX_SEQUENCE_BYTES = 4;

  private final Function<String, RuntimeException> broken;
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private final CharBuffer chars = CharBuffer.allocate(8 * 1024);

  /** The bytes of an incomplete character, in read mode. */
  private final ByteBuffer partial = ByteBuffer.allocate(2 * MAX_SEQUENCE_BYTES).limit(0);

  private long left;

  /**
   * @param broken makes the exception for a plan that is wrong
   */
  PlanInput(InputStream in, Function<String, RuntimeException> broken) {
    super(in);
    this.broken = broken;
  }

  /** Returns the content of a file that may be compressed, whatever its name is. */
  static InputStream decompressed(InputStream raw) throws IOException {
    InputStream file = new BufferedInputStream(raw, BUFFER_BYTES);
    file.mark(Short.BYTES);
    byte[] magic = file.readNBytes(Short.BYTES);
    file.reset();
    boolean compressed = magic.length == Short.BYTES && magic[0] == 0x1f && magic[1] == (byte) 0x8b;
    return compressed ? new GZIPInputStream(file, BUFFER_BYTES) : file;
  }

  /** Allows so many more bytes from here on. */
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
      if (partial.hasRemaining()) {
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
      // Java skips empty members of a gzip file recursively.
      throw broken.apply("is not a plan: its gzip file has too many members");
    }
  }

  private void requireUtf8(byte[] bytes, int offset, int length) {
    int at = offset;
    if (!partial.hasRemaining()) {
      while (at < offset + length && bytes[at] > 0) {
        at++;
      }
    }
    if (at < offset + length) {
      decode(ByteBuffer.wrap(bytes, at, offset + length - at));
    }
  }

  private void decode(ByteBuffer bytes) {
    while (partial.hasRemaining() && bytes.hasRemaining()) {
      partial.compact().put(bytes.get()).flip();
      step(partial);
    }
    while (bytes.remaining() > 0) {
      int before = bytes.position();
      step(bytes);
      if (bytes.position() == before) {
        partial.clear().put(bytes).flip();
      }
    }
  }

  /** Decodes complete characters. */
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

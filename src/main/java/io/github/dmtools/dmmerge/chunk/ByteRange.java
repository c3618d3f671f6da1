package io.github.dmtools.dmmerge.chunk;

/**
 * A range of bytes in a file or device.
 *
 * @param offset offset of the first byte
 * @param length in bytes
 */
public record ByteRange(long offset, long length) {
  public ByteRange {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException("range of " + length + " bytes at " + offset);
    }
    Math.addExact(offset, length);
  }

  /** The offset after the last byte. */
  public long end() {
    return offset + length;
  }

  /** The bytes in both ranges; may be empty. */
  public ByteRange intersection(ByteRange other) {
    long start = Math.max(offset, other.offset);
    return new ByteRange(start, Math.max(0, Math.min(end(), other.end()) - start));
  }

  /** True if this contains every byte of the other range. */
  public boolean contains(ByteRange other) {
    return offset <= other.offset && other.end() <= end();
  }

  /** True if the two share a byte. */
  public boolean overlaps(ByteRange other) {
    return length > 0 && other.length > 0 && offset < other.end() && other.offset < end();
  }
}

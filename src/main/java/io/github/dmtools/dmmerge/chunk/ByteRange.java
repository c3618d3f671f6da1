package io.github.dmtools.dmmerge.chunk;

/**
 * A run of bytes in a file or device.
 *
 * @param offset of its first byte
 * @param length in bytes
 */
public record ByteRange(long offset, long length) {
  public ByteRange {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException("range of " + length + " bytes at " + offset);
    }
    Math.addExact(offset, length);
  }

  /** The offset after its last byte. */
  public long end() {
    return offset + length;
  }

  /** The bytes that both have; empty if there are none. */
  public ByteRange intersection(ByteRange other) {
    long start = Math.max(offset, other.offset);
    return new ByteRange(start, Math.max(0, Math.min(end(), other.end()) - start));
  }

  /** Whether every byte of the other is one of this. */
  public boolean contains(ByteRange other) {
    return offset <= other.offset && other.end() <= end();
  }

  /** Whether the two share a byte. */
  public boolean overlaps(ByteRange other) {
    return length > 0 && other.length > 0 && offset < other.end() && other.offset < end();
  }
}

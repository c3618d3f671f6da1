package io.github.dmtools.dmmerge.exceptionstore;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A checksum for each slice of the table, so that a later pass can detect changes: 4 bytes for
 * every 256 exceptions of 4 KiB chunks.
 */
final class SliceSums {
  private int[] sums = new int[16];
  private int size;

  void add(ByteBuffer slice) {
    if (size == sums.length) {
      sums = Arrays.copyOf(sums, size * 2);
    }
    sums[size++] = sum(slice);
  }

  boolean matches(int index, ByteBuffer slice) {
    return index < size && sums[index] == sum(slice);
  }

  private static int sum(ByteBuffer slice) {
    CRC32C crc = new CRC32C();
    crc.update(slice.duplicate());
    return (int) crc.getValue();
  }
}

package io.github.dmtools.dmmerge.exceptionstore;

import io.github.dmtools.dmmerge.digest.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Identifies a store by its table: the SHA-256 of the line {@code dm-merge store 1} with its
 * newline, the size of a chunk in bytes, and of each exception old_chunk and new_chunk in the
 * table's order, all numbers as little-endian 64-bit.
 */
public final class TableDigest {
  private static final String FIRST_LINE = "dm-merge store 1\n";

  private TableDigest() {}

  /**
   * Reads the table once, 16 bytes for each exception.
   *
   * @return 64 hexadecimal digits
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code store.changed}, {@code
   *     device.read}
   */
  public static String of(ExceptionStore store) {
    ByteBuffer chunkBytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    MessageDigest digest = Sha256.create();
    digest.update(FIRST_LINE.getBytes(StandardCharsets.US_ASCII));
    digest.update(chunkBytes.putLong(store.chunkSize().bytes()).flip());
    TableCursor entries = store.entries();
    // On disk an entry is the same two numbers.
    for (ByteBuffer slice = entries.nextSlice(); slice != null; slice = entries.nextSlice()) {
      digest.update(slice);
    }
    return Sha256.hex(digest.digest());
  }
}

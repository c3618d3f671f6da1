package io.github.dmtools.dmmerge.exceptionstore;

import io.github.dmtools.dmmerge.digest.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Identifies a store by its table: the SHA-256 of the line {@code dm-merge store 1} with its line
 * feed, the chunk size in bytes, and old_chunk and new_chunk of each exception in the order of the
 * table. Numbers are 64-bit little-endian.
 */
public final class TableDigest {
  private static final String FIRST_LINE = "dm-merge store 1\n";

  private TableDigest() {}

  /**
   * Reads the table once.
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
    // An entry on disk has the same two numbers.
    for (ByteBuffer slice = entries.nextSlice(); slice != null; slice = entries.nextSlice()) {
      digest.update(slice);
    }
    return Sha256.hex(digest.digest());
  }
}

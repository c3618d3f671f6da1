package io.github.dmtools.dmmerge.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A store with an exception for each sector of its origin, in the order of the origin: much work
 * for few bytes. The origin contains {@link #BEFORE}, the store zeros, so each byte of the origin
 * shows whether it was written.
 */
record ManyChunks(Path store, Path origin, int exceptions) {
  static final byte BEFORE = 0x5a;
  static final int CHUNK_BYTES = 512;

  private static final int ENTRY_BYTES = 16;
  private static final int ENTRIES_PER_AREA = CHUNK_BYTES / ENTRY_BYTES;

  static ManyChunks make(Path directory, int exceptions) {
    Path store = new StoreFile(directory.resolve("many-cow"), 1, 0).path();
    int areas = exceptions / ENTRIES_PER_AREA + 1;
    ByteBuffer table = ByteBuffer.allocate(areas * (ENTRIES_PER_AREA + 1) * CHUNK_BYTES);
    table.order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < exceptions; i++) {
      int area = i / ENTRIES_PER_AREA * (ENTRIES_PER_AREA + 1);
      int entry = i % ENTRIES_PER_AREA;
      int at = area * CHUNK_BYTES + entry * ENTRY_BYTES;
      table.putLong(at, i).putLong(at + Long.BYTES, area + entry + 2L);
    }
    byte[] before = new byte[exceptions * CHUNK_BYTES];
    Arrays.fill(before, BEFORE);
    try {
      byte[] header = Files.readAllBytes(store);
      byte[] whole = Arrays.copyOf(header, CHUNK_BYTES + table.capacity());
      System.arraycopy(table.array(), 0, whole, CHUNK_BYTES, table.capacity());
      Files.write(store, whole);
      return new ManyChunks(store, Files.write(directory.resolve("many"), before), exceptions);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String job() {
    return Fixture.job(store, origin, true);
  }

  /** The number of bytes written from the start of the origin; fails if others were written. */
  long writtenBytes() {
    try {
      byte[] bytes = Files.readAllBytes(origin);
      int written = 0;
      while (written < bytes.length && bytes[written] == 0) {
        written++;
      }
      for (int i = written; i < bytes.length; i++) {
        if (bytes[i] != BEFORE) {
          throw new AssertionError("byte " + i + " of the origin is " + bytes[i]);
        }
      }
      return written;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long bytes() {
    return (long) exceptions * CHUNK_BYTES;
  }
}

package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A store of 8 TiB with distant exceptions, and its origin of 8 TiB. Everything is a hole except
 * the table and a few bytes at both ends of each data chunk.
 */
final class LargeStore {
  static final long BYTES = 1L << 43;

  private static final int STAMP_BYTES = 16;

  private final long chunkBytes;
  private final long originBytes;
  private final List<long[]> entries = new ArrayList<>();
  private final StoreFile store;
  private final Path origin;

  LargeStore(Path directory, long chunkSectors, long originBytes) {
    this.chunkBytes = chunkSectors * 512;
    this.originBytes = originBytes;
    this.store = new StoreFile(directory.resolve("cow"), chunkSectors, BYTES);
    this.origin = StoreFile.sparse(directory.resolve("origin"), originBytes);
  }

  Path store() {
    return store.path();
  }

  Path origin() {
    return origin;
  }

  /** Adds an exception, whose bytes identify it. */
  LargeStore entry(long oldChunk, long newChunk) {
    byte[] stamp = stamp(entries.size());
    entries.add(new long[] {oldChunk, newChunk});
    store.entry(oldChunk, newChunk);
    store.bytes(newChunk * chunkBytes, stamp);
    store.bytes(newChunk * chunkBytes + length(oldChunk) - STAMP_BYTES, stamp);
    return this;
  }

  private static byte[] stamp(int index) {
    return String.format("%" + STAMP_BYTES + "s", "exception " + index)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private long length(long oldChunk) {
    return Math.min(chunkBytes, originBytes - oldChunk * chunkBytes);
  }

  /** Fails unless the plan has exactly these exceptions, also in the dd lines. */
  void requireIn(JsonNode plan) {
    assertEquals(originBytes, plan.at("/output/bytes").asLong());
    assertEquals(BYTES, plan.at("/input/bytes").asLong());
    assertEquals(entries.size(), plan.path("exceptions").size());
    for (int index = 0; index < entries.size(); index++) {
      JsonNode exception = plan.path("exceptions").path(index);
      long oldChunk = entries.get(index)[0];
      long newChunk = entries.get(index)[1];
      assertTrue(exception.path("old_chunk").isIntegralNumber());
      assertEquals(Long.toString(oldChunk), exception.path("old_chunk").asString());
      assertEquals(Long.toString(newChunk), exception.path("new_chunk").asString());
      assertEquals(length(oldChunk), exception.path("bytes").asLong());
      long block = Math.min(1 << 20, Long.lowestOneBit(length(oldChunk)));
      String numbers =
          String.format(
              " bs=%d skip=%d seek=%d count=%d conv=notrunc",
              block,
              newChunk * (chunkBytes / block),
              oldChunk * (chunkBytes / block),
              length(oldChunk) / block);
      String line = exception.path("dd").asString();
      assertTrue(line.endsWith(numbers), () -> line + " ends not with " + numbers);
    }
  }

  /** Fails unless the origin at this path has the bytes of all exceptions, and no others. */
  void requireMerged(Path path) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      for (int index = 0; index < entries.size(); index++) {
        long oldChunk = entries.get(index)[0];
        long start = oldChunk * chunkBytes;
        ByteBuffer expected = ByteBuffer.wrap(stamp(index));
        assertEquals(expected, read(file, start), "chunk " + oldChunk);
        assertEquals(expected, read(file, start + length(oldChunk) - STAMP_BYTES));
      }
    }
    long pages = 0;
    for (long[] entry : entries) {
      pages += length(entry[0]) / 4096 + 1;
    }
    long allocated = Long.parseLong(Shell.run("stat", "--format=%b", origin.toString())) * 512;
    assertTrue(allocated <= pages * 4096, allocated + " bytes were written to");
  }

  private static ByteBuffer read(FileChannel file, long offset) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(STAMP_BYTES);
    file.read(bytes, offset);
    return bytes.flip();
  }

  /** Makes every exception pending again. */
  void wipe(Path path) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      for (long[] entry : entries) {
        long start = entry[0] * chunkBytes;
        file.write(ByteBuffer.allocate(STAMP_BYTES), start);
        file.write(ByteBuffer.allocate(STAMP_BYTES), start + length(entry[0]) - STAMP_BYTES);
      }
      file.force(false);
    }
  }
}

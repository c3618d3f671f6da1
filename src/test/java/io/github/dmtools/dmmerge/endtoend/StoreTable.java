package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads a store's table independently of the product. */
final class StoreTable {
  private final byte[] store;
  private final byte[] origin;
  private final int chunkBytes;

  private StoreTable(byte[] store, byte[] origin) {
    this.store = store;
    this.origin = origin;
    this.chunkBytes = littleEndian(store).getInt(12) * 512;
  }

  /** Fails unless the plan has the exceptions of the store, with the right states. */
  static void requireIn(JsonNode plan, Path store, Path origin) throws IOException {
    StoreTable table = new StoreTable(Files.readAllBytes(store), Files.readAllBytes(origin));
    assertEquals(table.chunkBytes, plan.at("/store/chunk_bytes").asLong());
    List<String> planned = new ArrayList<>();
    for (JsonNode exception : plan.path("exceptions")) {
      planned.add(
          row(
              exception.path("old_chunk").asLong(),
              exception.path("new_chunk").asLong(),
              exception.path("bytes").asInt(),
              exception.path("state").asString()));
    }
    assertEquals(table.rows(), planned);
  }

  private List<String> rows() {
    ByteBuffer bytes = littleEndian(store);
    List<String> rows = new ArrayList<>();
    int entriesPerArea = chunkBytes / 16;
    for (int entry = 0; ; entry++) {
      int area = 1 + entry / entriesPerArea * (entriesPerArea + 1);
      int at = area * chunkBytes + entry % entriesPerArea * 16;
      long oldChunk = bytes.getLong(at);
      long newChunk = bytes.getLong(at + 8);
      if (newChunk == 0) {
        return rows;
      }
      int from = (int) oldChunk * chunkBytes;
      int source = (int) newChunk * chunkBytes;
      int length = Math.min(chunkBytes, origin.length - from);
      boolean equal = Arrays.equals(origin, from, from + length, store, source, source + length);
      rows.add(row(oldChunk, newChunk, length, equal ? "applied" : "pending"));
    }
  }

  private static String row(long oldChunk, long newChunk, int bytes, String state) {
    return oldChunk + " <- " + newChunk + ", " + bytes + " bytes, " + state;
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}

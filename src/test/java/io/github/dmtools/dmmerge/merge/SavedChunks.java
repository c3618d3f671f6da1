package io.github.dmtools.dmmerge.merge;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Reads an undo store by its documented format, not with the code under test. */
final class SavedChunks {
  private static final int ENTRY_BYTES = 16;
  private static final int COMPLETE_AT = 256 + 24;

  private final byte[] store;
  private final int chunkBytes;
  private final Map<Long, Integer> offsets = new HashMap<>();

  SavedChunks(byte[] store) {
    this.store = store;
    ByteBuffer numbers = ByteBuffer.wrap(store).order(ByteOrder.LITTLE_ENDIAN);
    chunkBytes = numbers.getInt(12) * 512;
    int perArea = chunkBytes / ENTRY_BYTES;
    for (int index = 0; ; index++) {
      int area = (1 + index / perArea * (perArea + 1)) * chunkBytes;
      int at = area + index % perArea * ENTRY_BYTES;
      if (at >= store.length || numbers.getLong(at + 8) == 0) {
        return;
      }
      long newChunk = numbers.getLong(at + 8);
      offsets.put(numbers.getLong(at), Math.toIntExact(newChunk * chunkBytes));
    }
  }

  boolean complete() {
    return (store[COMPLETE_AT] & 1) != 0;
  }

  /** True if the chunk is saved and starts with the bytes of {@code device}. */
  boolean holds(long chunk, byte[] device) {
    Integer offset = offsets.get(chunk);
    int from = Math.toIntExact(chunk * chunkBytes);
    int to = Math.min(from + chunkBytes, device.length);
    return offset != null && Arrays.equals(store, offset, offset + to - from, device, from, to);
  }
}

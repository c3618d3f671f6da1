package io.github.dmtools.dmmerge.exceptionstore;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.MemoryDisk;
import io.github.dmtools.dmmerge.device.Stamp;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A store in memory, written according to FORMAT.md and not by the product. Its table is empty at
 * first, and its data is stamped.
 */
public final class StoreImage {
  public static final int MAGIC = 0x70416e53;

  private static final int SEED = 's';

  private final ChunkSize chunkSize;
  private final ByteBuffer bytes;
  private final List<long[]> entries = new ArrayList<>();

  /**
   * Creates a valid store with an empty table.
   *
   * @param bytes size of the store
   */
  public StoreImage(long chunkSectors, int bytes) {
    this.chunkSize = ChunkSize.ofSectors(chunkSectors);
    this.bytes = ByteBuffer.wrap(Stamp.of(SEED, bytes)).order(ByteOrder.LITTLE_ENDIAN);
    header(MAGIC, 1, 1, (int) chunkSectors);
    clearArea(0);
  }

  /** Creates a store with enough chunks for the entries. */
  public static StoreImage withRoomFor(long chunkSectors, int entries) {
    long perArea = chunkSectors * 32;
    long chunks = 2 + entries + entries / perArea + 1;
    return new StoreImage(chunkSectors, Math.toIntExact(chunks * chunkSectors * 512));
  }

  public StoreImage header(int magic, int valid, int version, int chunkSectors) {
    bytes.putInt(0, magic).putInt(4, valid).putInt(8, version).putInt(12, chunkSectors);
    return this;
  }

  /** Adds an entry; a full area is followed by a zeroed one, if the store has space. */
  public StoreImage entry(long oldChunk, long newChunk) {
    int index = entries.size();
    put(index, oldChunk, newChunk);
    entries.add(new long[] {oldChunk, newChunk});
    if (entries.size() % entriesPerArea() == 0) {
      clearArea(entries.size() / entriesPerArea());
    }
    return this;
  }

  /** Overwrites an entry, also one past the end of the table. */
  public StoreImage put(int index, long oldChunk, long newChunk) {
    int offset = offsetOfEntry(index);
    bytes.putLong(offset, oldChunk).putLong(offset + 8, newChunk);
    return this;
  }

  /** Byte offset of an entry of the table. */
  public int offsetOfEntry(int index) {
    long area = index / entriesPerArea();
    long chunk = 1 + area * (entriesPerArea() + 1);
    return Math.toIntExact(chunkSize.offsetOf(chunk) + index % entriesPerArea() * 16);
  }

  private void clearArea(long area) {
    int start = offsetOfEntry(Math.toIntExact(area * entriesPerArea()));
    for (int at = start; at < Math.min(bytes.capacity(), start + chunkSize.bytes()); at++) {
      bytes.put(at, (byte) 0);
    }
  }

  public long entriesPerArea() {
    return chunkSize.bytes() / 16;
  }

  public ChunkSize chunkSize() {
    return chunkSize;
  }

  /** Old and new chunk of each added entry. */
  public List<long[]> entries() {
    return entries;
  }

  public byte[] bytes() {
    return bytes.array();
  }

  public MemoryDisk disk() {
    return new MemoryDisk("/dev/store", bytes(), 512);
  }
}

package io.github.dmtools.dmmerge.endtoend;

import io.github.dmtools.dmmerge.device.Stamp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A store, filled in the kernel's order, and its origin. Every eight bytes identify the file and
 * the offset that they come from, so the origin shows how far a run came. Some chunks of the origin
 * have no exception, and some equal the store from the start.
 *
 * @param before the original content of the origin
 * @param after the origin with every exception applied
 * @param pendingChunks exceptions that initially differ from the origin
 * @param pendingBytes bytes that these exceptions cover
 */
record StampedStore(
    Path store,
    Path origin,
    int chunkBytes,
    byte[] before,
    byte[] after,
    int pendingChunks,
    long pendingBytes) {
  private static final int SECTOR_BYTES = 512;
  private static final int UNTOUCHED_RUN = 9;
  private static final int APPLIED_CHUNK = 7;

  /**
   * The layout of a store.
   *
   * @param chunkSectors size of a chunk
   * @param runChunks length of a run that is contiguous in origin and store; 0 for one run
   * @param originBytes may end with a partial chunk
   */
  record Shape(int chunkSectors, int runChunks, int originBytes) {}

  /** Writes both files. */
  static StampedStore make(Path directory, Shape shape, Random random) {
    int chunkBytes = shape.chunkSectors() * SECTOR_BYTES;
    byte[] written = Stamp.of('s', shape.originBytes());
    byte[] before = Stamp.of('o', shape.originBytes());
    byte[] after = before.clone();
    List<Integer> oldChunks = oldChunks(shape, random);
    int pendingChunks = 0;
    long pendingBytes = 0;
    for (int oldChunk : oldChunks) {
      int start = oldChunk * chunkBytes;
      int length = Math.min(chunkBytes, shape.originBytes() - start);
      System.arraycopy(written, start, after, start, length);
      if (oldChunk % APPLIED_CHUNK == 1) {
        System.arraycopy(written, start, before, start, length);
      } else {
        pendingChunks++;
        pendingBytes += length;
      }
    }
    try {
      Path store = storeFile(directory.resolve("cow"), shape.chunkSectors(), oldChunks, written);
      Path origin = Files.write(directory.resolve("origin"), before);
      return new StampedStore(
          store, origin, chunkBytes, before, after, pendingChunks, pendingBytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The chunks with an exception, including the last one of the origin. */
  private static List<Integer> oldChunks(Shape shape, Random random) {
    int chunkBytes = shape.chunkSectors() * SECTOR_BYTES;
    int chunks = (shape.originBytes() + chunkBytes - 1) / chunkBytes;
    int runChunks = shape.runChunks() == 0 ? chunks : shape.runChunks();
    List<Integer> runs = new ArrayList<>();
    for (int run = 0; run * runChunks < chunks; run++) {
      if (run % UNTOUCHED_RUN != UNTOUCHED_RUN - 1 || (run + 1) * runChunks >= chunks) {
        runs.add(run);
      }
    }
    Collections.shuffle(runs, random);
    List<Integer> oldChunks = new ArrayList<>();
    for (int run : runs) {
      for (int chunk = run * runChunks; chunk < Math.min(chunks, (run + 1) * runChunks); chunk++) {
        oldChunks.add(chunk);
      }
    }
    return oldChunks;
  }

  private static Path storeFile(
      Path path, int chunkSectors, List<Integer> oldChunks, byte[] written) {
    int chunkBytes = chunkSectors * SECTOR_BYTES;
    int perArea = chunkBytes / 16;
    int areas = oldChunks.size() / perArea + 1;
    ByteBuffer bytes = ByteBuffer.allocate((areas + oldChunks.size()) * chunkBytes);
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < oldChunks.size(); i++) {
      // Counted from the first area, which is chunk 1.
      int area = i / perArea * (perArea + 1);
      int data = area + 1 + i % perArea;
      int entry = area * chunkBytes + i % perArea * 16;
      bytes.putLong(entry, oldChunks.get(i)).putLong(entry + Long.BYTES, data + 1L);
      int start = oldChunks.get(i) * chunkBytes;
      int length = Math.min(chunkBytes, written.length - start);
      bytes.put(data * chunkBytes, written, start, length);
    }
    return new StoreFile(path, chunkSectors, chunkBytes).bytes(chunkBytes, bytes.array()).path();
  }

  /**
   * The progress of runs.
   *
   * @param bytes bytes that were pending and now equal the store
   * @param inWholeChunks those of them in complete chunks
   * @param tornChunks chunks that equal the store in part
   */
  record Merged(long bytes, long inWholeChunks, int tornChunks) {
    static final Merged NOTHING = new Merged(0, 0, 0);
  }

  /** Measures the progress; fails if a sector equals neither the original content nor the store. */
  Merged mergedInto(byte[] origin) {
    if (origin.length != before.length) {
      throw new AssertionError("the origin has " + origin.length + " bytes");
    }
    long bytes = 0;
    long inWholeChunks = 0;
    int torn = 0;
    for (int start = 0; start < origin.length; start += chunkBytes) {
      int end = Math.min(origin.length, start + chunkBytes);
      if (Arrays.equals(before, start, end, after, start, end)) {
        requireEqual(origin, before, start, end);
        continue;
      }
      int merged = mergedBytes(origin, start, end);
      bytes += merged;
      if (merged == end - start) {
        inWholeChunks += merged;
      } else if (merged > 0) {
        torn++;
      }
    }
    return new Merged(bytes, inWholeChunks, torn);
  }

  private int mergedBytes(byte[] origin, int start, int end) {
    int merged = 0;
    for (int from = start; from < end; from += SECTOR_BYTES) {
      int to = Math.min(end, from + SECTOR_BYTES);
      if (Arrays.equals(origin, from, to, after, from, to)) {
        merged += to - from;
      } else {
        requireEqual(origin, before, from, to);
      }
    }
    return merged;
  }

  /** Fails unless the origin has its original content. */
  void requireBefore(byte[] origin) {
    requireEqual(origin, before, 0, before.length);
  }

  /** Fails unless exactly the exceptions were applied. */
  void requireAfter(byte[] origin) {
    requireEqual(origin, after, 0, after.length);
  }

  private static void requireEqual(byte[] origin, byte[] expected, int from, int to) {
    int at = Arrays.mismatch(origin, from, to, expected, from, to);
    if (at >= 0) {
      throw new AssertionError("byte " + (from + at) + " of the origin is not what it should be");
    }
  }
}

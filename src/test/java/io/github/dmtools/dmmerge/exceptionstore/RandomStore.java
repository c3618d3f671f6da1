package io.github.dmtools.dmmerge.exceptionstore;

import io.github.dmtools.dmmerge.device.Stamp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A random valid store: entries out of order on both sides, holes in the store, and in half of the
 * cases an origin with a partial last chunk, which has an exception.
 *
 * @param originBytes size of the origin
 */
public record RandomStore(StoreImage image, int originBytes) {
  /** Limits the time of hundreds of stores: the largest areas are not filled. */
  private static final int MAX_BYTES = 2 << 20;

  /**
   * Creates the store of a seed.
   *
   * @param log2Sectors chunks of 1 to 64 sectors
   * @param quarterAreas length of the table in quarters of an area
   */
  public static RandomStore of(long seed, int log2Sectors, int quarterAreas) {
    Random random = new Random(seed);
    int sectors = 1 << log2Sectors;
    int chunkBytes = sectors * 512;
    int perArea = sectors * 32;
    int count = Math.min(quarterAreas * perArea / 4, MAX_BYTES / chunkBytes / 2);
    List<Long> newChunks = someOf(2, 2 + count * 5L / 4 + count / perArea + 3, perArea, random);
    int originChunks = 1 + count + random.nextInt(count + 4);
    List<Long> oldChunks = new ArrayList<>();
    for (long chunk = 0; chunk < originChunks - 1; chunk++) {
      oldChunks.add(chunk);
    }
    Collections.shuffle(oldChunks, random);
    oldChunks.add(0, originChunks - 1L);
    long chunks = 2 + Collections.max(newChunks) + count / perArea * (perArea + 1L);
    StoreImage image = new StoreImage(sectors, Math.toIntExact(chunks * chunkBytes));
    for (int i = 0; i < count; i++) {
      image.entry(oldChunks.get(i), newChunks.get(i));
    }
    int clipped = random.nextBoolean() ? 0 : random.nextInt(chunkBytes);
    return new RandomStore(image, originChunks * chunkBytes - clipped);
  }

  private static List<Long> someOf(long from, long to, int perArea, Random random) {
    List<Long> chunks = new ArrayList<>();
    for (long chunk = from; chunk < to; chunk++) {
      if (chunk % (perArea + 1) != 1) {
        chunks.add(chunk);
      }
    }
    if (random.nextInt(3) > 0) {
      Collections.shuffle(chunks, random);
    }
    return chunks;
  }

  /** An origin that differs from the store in two of three chunks. */
  public byte[] origin(long seed) {
    byte[] origin = Stamp.of('o', originBytes);
    Random random = new Random(seed);
    for (long[] entry : image.entries()) {
      if (random.nextInt(3) == 0) {
        copy(entry, origin);
      }
    }
    return origin;
  }

  /** The simplest implementation of a merge. */
  public byte[] mergedInto(byte[] origin) {
    byte[] merged = origin.clone();
    image.entries().forEach(entry -> copy(entry, merged));
    return merged;
  }

  /** The bytes that an entry covers in the origin. */
  public int clippedBytes(long[] entry) {
    long chunkBytes = image.chunkSize().bytes();
    return (int) Math.min(chunkBytes, originBytes - entry[0] * chunkBytes);
  }

  private void copy(long[] entry, byte[] origin) {
    long chunkBytes = image.chunkSize().bytes();
    System.arraycopy(
        image.bytes(),
        (int) (entry[1] * chunkBytes),
        origin,
        (int) (entry[0] * chunkBytes),
        clippedBytes(entry));
  }
}

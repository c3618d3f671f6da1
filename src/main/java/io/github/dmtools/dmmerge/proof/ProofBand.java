package io.github.dmtools.dmmerge.proof;

import io.github.dmtools.dmmerge.digest.Sha256;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The pending chunks of a part of an origin with their planned digests, in flat arrays: 82 bytes
 * per chunk. Slots are numbered in the order of {@link #add}.
 */
final class ProofBand {
  private static final int START = 1024;
  private static final int BEFORE = 0;
  private static final int AFTER = Sha256.BYTES;
  private static final int DIGEST_BYTES = 2 * Sha256.BYTES;

  private long[] oldChunks = new long[START];
  private byte[] digests = new byte[START * DIGEST_BYTES];
  private byte[] states = new byte[START];
  private int size;

  /** Hash table of slots plus 1; 0 for a free place. */
  private int[] table = new int[4 * START];

  /**
   * Adds a chunk.
   *
   * @return false if it was added before
   */
  boolean add(long oldChunk, String originSha256, String sourceSha256) {
    if (find(oldChunk) >= 0) {
      return false;
    }
    if (size == oldChunks.length) {
      grow();
    }
    oldChunks[size] = oldChunk;
    put(originSha256, size * DIGEST_BYTES + BEFORE);
    put(sourceSha256, size * DIGEST_BYTES + AFTER);
    states[size] = 0;
    table[place(oldChunk)] = ++size;
    return true;
  }

  private void put(String sha256, int at) {
    System.arraycopy(HexFormat.of().parseHex(sha256), 0, digests, at, Sha256.BYTES);
  }

  private void grow() {
    int capacity = 2 * size;
    oldChunks = Arrays.copyOf(oldChunks, capacity);
    digests = Arrays.copyOf(digests, capacity * DIGEST_BYTES);
    states = Arrays.copyOf(states, capacity);
    table = new int[2 * table.length];
    for (int slot = 0; slot < size; slot++) {
      table[place(oldChunks[slot])] = slot + 1;
    }
  }

  /** Returns the place of the chunk in the hash table, or the free place for it. */
  private int place(long oldChunk) {
    int mask = table.length - 1;
    int at = (int) ((oldChunk * 0x9E3779B97F4A7C15L) >>> 32) & mask;
    while (table[at] != 0 && oldChunks[table[at] - 1] != oldChunk) {
      at = (at + 1) & mask;
    }
    return at;
  }

  /** Returns the slot of the chunk, or -1 if it was not added. */
  int find(long oldChunk) {
    return table[place(oldChunk)] - 1;
  }

  int size() {
    return size;
  }

  long oldChunk(int slot) {
    return oldChunks[slot];
  }

  int state(int slot) {
    return states[slot];
  }

  void setState(int slot, int state) {
    states[slot] = (byte) state;
  }

  /** True if the digest is the planned one of the origin. */
  boolean isBefore(int slot, byte[] sha256) {
    return holds(slot * DIGEST_BYTES + BEFORE, sha256);
  }

  /** True if the digest is the planned one of the store. */
  boolean isAfter(int slot, byte[] sha256) {
    return holds(slot * DIGEST_BYTES + AFTER, sha256);
  }

  private boolean holds(int at, byte[] sha256) {
    return Arrays.equals(digests, at, at + Sha256.BYTES, sha256, 0, sha256.length);
  }

  /** The digest over the origin's digests of these slots. */
  byte[] before(int[] slots, int count) {
    return combined(slots, count, BEFORE);
  }

  /** The digest over the store's digests of these slots. */
  byte[] after(int[] slots, int count) {
    return combined(slots, count, AFTER);
  }

  private byte[] combined(int[] slots, int count, int side) {
    byte[] chunks = new byte[count * Sha256.BYTES];
    for (int i = 0; i < count; i++) {
      System.arraycopy(
          digests, slots[i] * DIGEST_BYTES + side, chunks, i * Sha256.BYTES, Sha256.BYTES);
    }
    return Sha256.ofThread().digest(chunks);
  }
}

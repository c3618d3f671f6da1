package io.github.dmtools.dmmerge.chunk;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A compact set of chunk numbers. Each block of 65,536 chunks is a sorted array of up to 4,096
 * members (2 bytes each), or else a bit set of 8 KiB. A full device takes one bit per chunk.
 */
public final class ChunkSet {
  private static final int BLOCK_BITS = 16;
  private static final int ARRAY_LIMIT = 4096;

  private final Map<Long, Block> blocks = new HashMap<>();
  private @Nullable Block last;
  private long lastKey;

  /** Adds a chunk; false if the set already contains it. */
  public boolean add(long chunk) {
    long key = chunk >>> BLOCK_BITS;
    Block block = last;
    if (block == null || key != lastKey) {
      block = blocks.computeIfAbsent(key, unused -> new Block());
      last = block;
      lastKey = key;
    }
    return block.add((char) chunk);
  }

  /** True if the set contains the chunk. */
  public boolean contains(long chunk) {
    Block block = blocks.get(chunk >>> BLOCK_BITS);
    return block != null && block.contains((char) chunk);
  }

  private static final class Block {
    private char[] members = new char[4];
    private int size;
    private long @Nullable [] bits;

    boolean add(char member) {
      long[] words = bits;
      if (words == null) {
        return addToArray(member);
      }
      long bit = 1L << member;
      if ((words[member >>> 6] & bit) != 0) {
        return false;
      }
      words[member >>> 6] |= bit;
      return true;
    }

    boolean contains(char member) {
      long[] words = bits;
      return words == null
          ? Arrays.binarySearch(members, 0, size, member) >= 0
          : (words[member >>> 6] & 1L << member) != 0;
    }

    private boolean addToArray(char member) {
      // The kernel allocates chunks in ascending order, so appending is the usual case.
      int at = size == 0 || members[size - 1] < member ? size : find(member);
      if (at < 0) {
        return false;
      }
      if (size == ARRAY_LIMIT) {
        toBits();
        return add(member);
      }
      if (size == members.length) {
        members = Arrays.copyOf(members, Math.min(ARRAY_LIMIT, size * 2));
      }
      System.arraycopy(members, at, members, at + 1, size - at);
      members[at] = member;
      size++;
      return true;
    }

    /** The index to insert the member at; -1 if it is present. */
    private int find(char member) {
      int at = Arrays.binarySearch(members, 0, size, member);
      return at >= 0 ? -1 : -at - 1;
    }

    private void toBits() {
      long[] words = new long[1 << (BLOCK_BITS - 6)];
      for (int i = 0; i < size; i++) {
        words[members[i] >>> 6] |= 1L << members[i];
      }
      bits = words;
      members = new char[0];
    }
  }
}

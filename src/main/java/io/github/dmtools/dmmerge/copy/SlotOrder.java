package io.github.dmtools.dmmerge.copy;

import java.util.Arrays;

/** Sorts slots by a key. Reusable. */
final class SlotOrder {
  private static final int DIGIT_BITS = 11;
  private static final int DIGITS = 1 << DIGIT_BITS;

  private final long[] keys;
  private final int[] positions;
  private final int[] counts = new int[DIGITS + 1];
  private int[] slots;
  private int[] spare;
  private int size;
  private boolean identity;

  /**
   * @param capacity maximum number of slots
   */
  SlotOrder(int capacity) {
    this.keys = new long[capacity];
    this.positions = new int[capacity];
    this.slots = new int[capacity];
    this.spare = new int[capacity];
  }

  /**
   * Sorts the slots by ascending key.
   *
   * @param keyOfSlot keys from 0 to 2^63 - 1
   * @param count number of slots
   */
  void sort(long[] keyOfSlot, int count) {
    reset(count);
    identity = isAscending(keyOfSlot);
    if (!identity) {
      radixSort(keyOfSlot);
    }
    index(keyOfSlot);
  }

  /** Keeps the slots in their own order, whatever their keys are. */
  void keepOrder(long[] keyOfSlot, int count) {
    reset(count);
    identity = true;
    index(keyOfSlot);
  }

  private void reset(int count) {
    size = count;
    for (int slot = 0; slot < size; slot++) {
      slots[slot] = slot;
    }
  }

  private void index(long[] keyOfSlot) {
    for (int position = 0; position < size; position++) {
      int slot = slots[position];
      keys[position] = keyOfSlot[slot];
      positions[slot] = position;
    }
  }

  /** The common case: the kernel allocates store chunks in ascending order. */
  private boolean isAscending(long[] keyOfSlot) {
    for (int slot = 1; slot < size; slot++) {
      if (keyOfSlot[slot] < keyOfSlot[slot - 1]) {
        return false;
      }
    }
    return true;
  }

  /** Radix sort, lowest digit first: much faster than comparisons. */
  private void radixSort(long[] keyOfSlot) {
    long different = 0;
    for (int slot = 1; slot < size; slot++) {
      different |= keyOfSlot[slot] ^ keyOfSlot[0];
    }
    for (int shift = 0; shift < Long.SIZE; shift += DIGIT_BITS) {
      if ((different >>> shift & (DIGITS - 1)) != 0) {
        sortByDigit(keyOfSlot, shift);
      }
    }
  }

  /** A stable counting sort. */
  private void sortByDigit(long[] keyOfSlot, int shift) {
    Arrays.fill(counts, 0);
    for (int slot = 0; slot < size; slot++) {
      counts[(int) (keyOfSlot[slot] >>> shift & (DIGITS - 1)) + 1]++;
    }
    for (int digit = 0; digit < DIGITS; digit++) {
      counts[digit + 1] += counts[digit];
    }
    for (int position = 0; position < size; position++) {
      int slot = slots[position];
      spare[counts[(int) (keyOfSlot[slot] >>> shift & (DIGITS - 1))]++] = slot;
    }
    int[] sorted = spare;
    spare = slots;
    slots = sorted;
  }

  int size() {
    return size;
  }

  /** True if every slot is at its own position. */
  boolean isIdentity() {
    return identity;
  }

  long key(int position) {
    return keys[position];
  }

  int slot(int position) {
    return slots[position];
  }

  int position(int slot) {
    return positions[slot];
  }
}

package io.github.dmtools.dmmerge.copy;

import java.util.Arrays;

/** Slots in the ascending order of a number that each of them has. Filled again and again. */
final class SlotOrder {
  private static final int DIGIT_BITS = 11;
  private static final int DIGITS = 1 << DIGIT_BITS;

  private final long[] numbers;
  private final int[] places;
  private final int[] counts = new int[DIGITS + 1];
  private int[] slots;
  private int[] spare;
  private int size;
  private boolean trivial;

  /**
   * @param capacity the most slots that there are
   */
  SlotOrder(int capacity) {
    this.numbers = new long[capacity];
    this.places = new int[capacity];
    this.slots = new int[capacity];
    this.spare = new int[capacity];
  }

  /**
   * Gives every slot its place.
   *
   * @param numberOfSlot from 0 to 2^63 - 1
   * @param count how many slots there are
   */
  void arrange(long[] numberOfSlot, int count) {
    begin(count);
    trivial = isAscending(numberOfSlot);
    if (!trivial) {
      sort(numberOfSlot);
    }
    end(numberOfSlot);
  }

  /** Leaves the slots in the order that they have, whatever their numbers are. */
  void keep(long[] numberOfSlot, int count) {
    begin(count);
    trivial = true;
    end(numberOfSlot);
  }

  private void begin(int count) {
    size = count;
    for (int slot = 0; slot < size; slot++) {
      slots[slot] = slot;
    }
  }

  private void end(long[] numberOfSlot) {
    for (int place = 0; place < size; place++) {
      int slot = slots[place];
      numbers[place] = numberOfSlot[slot];
      places[slot] = place;
    }
  }

  /** As the kernel allocates chunks of a store, and as sequential writes leave an origin. */
  private boolean isAscending(long[] numberOfSlot) {
    for (int slot = 1; slot < size; slot++) {
      if (numberOfSlot[slot] < numberOfSlot[slot - 1]) {
        return false;
      }
    }
    return true;
  }

  /** By one digit after the other, the lowest first: a fraction of the time of comparisons. */
  private void sort(long[] numberOfSlot) {
    long different = 0;
    for (int slot = 1; slot < size; slot++) {
      different |= numberOfSlot[slot] ^ numberOfSlot[0];
    }
    for (int shift = 0; shift < Long.SIZE; shift += DIGIT_BITS) {
      if ((different >>> shift & (DIGITS - 1)) != 0) {
        sortByDigit(numberOfSlot, shift);
      }
    }
  }

  /** Slots with the same digit keep their order. */
  private void sortByDigit(long[] numberOfSlot, int shift) {
    Arrays.fill(counts, 0);
    for (int slot = 0; slot < size; slot++) {
      counts[(int) (numberOfSlot[slot] >>> shift & (DIGITS - 1)) + 1]++;
    }
    for (int digit = 0; digit < DIGITS; digit++) {
      counts[digit + 1] += counts[digit];
    }
    for (int place = 0; place < size; place++) {
      int slot = slots[place];
      spare[counts[(int) (numberOfSlot[slot] >>> shift & (DIGITS - 1))]++] = slot;
    }
    int[] sorted = spare;
    spare = slots;
    slots = sorted;
  }

  int size() {
    return size;
  }

  /** Whether every slot is at the place of its own number. */
  boolean isTrivial() {
    return trivial;
  }

  /** The number at a place. */
  long number(int place) {
    return numbers[place];
  }

  /** The slot at a place. */
  int slot(int place) {
    return slots[place];
  }

  /** The place of a slot. */
  int place(int slot) {
    return places[slot];
  }
}

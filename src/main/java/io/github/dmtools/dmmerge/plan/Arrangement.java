package io.github.dmtools.dmmerge.plan;

import java.util.Arrays;

/** Slots in the ascending order of a number that each of them has. Filled again and again. */
final class Arrangement {
  private final long[] numbers;
  private final int[] slots;
  private final int[] places;
  private int size;
  private boolean trivial;

  /**
   * @param capacity the most slots that there are
   */
  Arrangement(int capacity) {
    this.numbers = new long[capacity];
    this.slots = new int[capacity];
    this.places = new int[capacity];
  }

  /**
   * Gives every slot its place.
   *
   * @param numberOfSlot no two of them equal
   * @param slots how many there are
   */
  void arrange(long[] numberOfSlot, int slots) {
    size = slots;
    System.arraycopy(numberOfSlot, 0, numbers, 0, size);
    trivial = isAscending();
    if (!trivial) {
      Arrays.sort(numbers, 0, size);
    }
    for (int slot = 0; slot < size; slot++) {
      int place = trivial ? slot : Arrays.binarySearch(numbers, 0, size, numberOfSlot[slot]);
      places[slot] = place;
      this.slots[place] = slot;
    }
  }

  /** As the kernel allocates chunks of a store, and as sequential writes leave an origin. */
  private boolean isAscending() {
    for (int i = 1; i < size; i++) {
      if (numbers[i] < numbers[i - 1]) {
        return false;
      }
    }
    return true;
  }

  int size() {
    return size;
  }

  /** Whether the slots were in this order already. */
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

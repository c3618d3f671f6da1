package io.github.dmtools.dmmerge.plan;

import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * One device's bytes of all pieces of a window. They lie in the buffer in the device's order, so
 * that pieces that touch on the device touch in the buffer and are transferred at once, as an
 * extent.
 */
public final class Side {
  /** Largest transfer: more buys nothing, and a bad sector costs a retry of less. */
  private static final int MAX_EXTENT_BYTES = 4 << 20;

  private final int pieceBytes;
  private final ByteBuffer buffer;
  private final long[] offsetOfSlot;
  private final int[] bytesOfSlot;
  private final long[] offsets;
  private final int[] slots;
  private final int[] placeOfSlot;
  private int size;

  Side(int capacity, int pieceBytes) {
    this.pieceBytes = pieceBytes;
    this.buffer = AlignedBuffers.allocate(Math.multiplyExact(capacity, pieceBytes));
    this.offsetOfSlot = new long[capacity];
    this.bytesOfSlot = new int[capacity];
    this.offsets = new long[capacity];
    this.slots = new int[capacity];
    this.placeOfSlot = new int[capacity];
  }

  void set(int slot, long offset, int bytes) {
    offsetOfSlot[slot] = offset;
    bytesOfSlot[slot] = bytes;
  }

  /** Gives every piece its place, once all are set. No two have the same offset. */
  void arrange(int pieces) {
    size = pieces;
    System.arraycopy(offsetOfSlot, 0, offsets, 0, size);
    if (isAscending()) {
      for (int slot = 0; slot < size; slot++) {
        placeOfSlot[slot] = slot;
        slots[slot] = slot;
      }
      return;
    }
    Arrays.sort(offsets, 0, size);
    for (int slot = 0; slot < size; slot++) {
      int place = Arrays.binarySearch(offsets, 0, size, offsetOfSlot[slot]);
      placeOfSlot[slot] = place;
      slots[place] = slot;
    }
  }

  /** As the kernel allocates chunks of a store, and as sequential writes leave an origin. */
  private boolean isAscending() {
    for (int i = 1; i < size; i++) {
      if (offsets[i] < offsets[i - 1]) {
        return false;
      }
    }
    return true;
  }

  /** Hears of a piece that could not be transferred. */
  @FunctionalInterface
  public interface FailureSink {
    void failed(int slot, Problem problem);
  }

  /** What is done with an extent of the device. */
  private interface Transfer {
    void run(ByteBuffer extent, long offset);
  }

  void read(BlockDevice device, FailureSink failures) {
    transfer(device::read, slot -> true, failures);
  }

  /**
   * Writes the chosen pieces from the buffer, in the device's order, as long extents. Where an
   * extent fails its pieces are tried one by one, so that a bad sector costs one piece.
   */
  public void write(BlockDevice device, IntPredicate chosen, FailureSink failures) {
    transfer(device::write, chosen, failures);
  }

  private void transfer(Transfer transfer, IntPredicate chosen, FailureSink failures) {
    int place = 0;
    while (place < size) {
      if (!chosen.test(slots[place])) {
        place++;
        continue;
      }
      int end = extentEnd(place, chosen);
      try {
        transfer(transfer, place, end);
      } catch (ProblemException e) {
        if (end == place + 1) {
          failures.failed(slots[place], e.problem());
        } else {
          transferOneByOne(transfer, place, end, failures);
        }
      }
      place = end;
    }
  }

  private void transferOneByOne(Transfer transfer, int from, int end, FailureSink failures) {
    for (int place = from; place < end; place++) {
      try {
        transfer(transfer, place, place + 1);
      } catch (ProblemException e) {
        failures.failed(slots[place], e.problem());
      }
    }
  }

  private void transfer(Transfer transfer, int from, int end) {
    int start = from * pieceBytes;
    int bytes = (end - 1 - from) * pieceBytes + bytesOfSlot[slots[end - 1]];
    transfer.run(buffer.duplicate().limit(start + bytes).position(start), offsets[from]);
  }

  /** The place behind the last piece that touches, is whole but for the last, and is chosen too. */
  private int extentEnd(int from, IntPredicate chosen) {
    int limit = Math.min(size, from + Math.max(1, MAX_EXTENT_BYTES / pieceBytes));
    int end = from + 1;
    while (end < limit
        && offsets[end] == offsets[end - 1] + pieceBytes
        && bytesOfSlot[slots[end - 1]] == pieceBytes
        && chosen.test(slots[end])) {
      end++;
    }
    return end;
  }

  /** The slot of the piece that is the {@code place}-th on the device. */
  int slotAt(int place) {
    return slots[place];
  }

  /** The bytes of a piece. */
  ByteBuffer piece(int slot) {
    return buffer.slice(placeOfSlot[slot] * pieceBytes, bytesOfSlot[slot]);
  }

  /** Replaces the bytes of a piece. */
  void put(int slot, ByteBuffer bytes) {
    buffer.put(placeOfSlot[slot] * pieceBytes, bytes, 0, bytesOfSlot[slot]);
  }
}

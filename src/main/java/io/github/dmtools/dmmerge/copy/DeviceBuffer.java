package io.github.dmtools.dmmerge.copy;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;

/**
 * One device's bytes of all pieces of a window. They lie in the buffer in the device's order, so
 * that pieces that touch on the device touch in the buffer and are transferred at once, as an
 * extent.
 */
final class DeviceBuffer {
  /** Largest transfer: more buys nothing, and a bad sector costs a retry of less. */
  private static final int MAX_EXTENT_BYTES = 1 << 20;

  /** A disk passes over less than this without a loss. */
  private static final int MAX_GAP_BYTES = 32 << 10;

  /** Begun earlier, scattered pieces would cost a disk a seek each, and the barrier sorts them. */
  private static final int MIN_SPAN_BYTES = MAX_EXTENT_BYTES / 4;

  private final BlockDevice device;
  private final int pieceBytes;
  private final ByteBuffer buffer;
  private final long[] offsetOfSlot;
  private final int[] bytesOfSlot;
  private final SlotOrder order;
  private final int[] starts;
  private final int[] ends;

  /**
   * @param offsetOfSlot byte offset on the device of each slot's piece; set before {@link #read}
   * @param bytesOfSlot length of each slot's piece, {@code pieceBytes} at most; set likewise
   */
  DeviceBuffer(BlockDevice device, int pieceBytes, long[] offsetOfSlot, int[] bytesOfSlot) {
    int capacity = offsetOfSlot.length;
    this.device = device;
    this.pieceBytes = pieceBytes;
    this.buffer = AlignedBuffers.allocate(Math.multiplyExact(capacity, pieceBytes));
    this.offsetOfSlot = offsetOfSlot;
    this.bytesOfSlot = bytesOfSlot;
    this.order = new SlotOrder(capacity);
    this.starts = new int[capacity];
    this.ends = new int[capacity];
  }

  /** Hears of a piece that could not be read or written, in any thread. */
  @FunctionalInterface
  interface FailureSink {
    /** Told at most once for each transfer of the piece. */
    void failed(int slot, Problem problem);
  }

  /** Transfers the extent of the pieces between two places. */
  interface Transfer {
    void run(int from, int end);
  }

  /**
   * Takes the pieces of the first slots, no two with the same offset, and reads them as extents,
   * several at once.
   *
   * @param then runs for each slot after its transfer, failed or not, in any thread
   */
  void read(int pieces, TransferPool pool, FailureSink failures, IntConsumer then) {
    order.arrange(offsetOfSlot, pieces);
    Transfer read = (from, end) -> device.read(bytes(from, end), order.number(from));
    pool.each(
        cut(slot -> true),
        extent -> {
          transfer(read, extent, failures);
          for (int place = starts[extent]; place < ends[extent]; place++) {
            then.accept(order.slot(place));
          }
        });
  }

  /**
   * The spans of the device in which the chosen pieces lie closely, and are enough for a disk to
   * begin with.
   */
  List<ByteRange> denseSpans(IntPredicate chosen) {
    List<ByteRange> spans = new ArrayList<>();
    int count = cut(chosen);
    int next;
    for (int extent = 0; extent < count; extent = next) {
      long bytes = extentBytes(extent);
      next = extent + 1;
      while (next < count && offset(next) - endOffset(next - 1) <= MAX_GAP_BYTES) {
        bytes += extentBytes(next++);
      }
      if (bytes >= MIN_SPAN_BYTES) {
        spans.add(new ByteRange(offset(extent), endOffset(next - 1) - offset(extent)));
      }
    }
    return spans;
  }

  private long offset(int extent) {
    return order.number(starts[extent]);
  }

  private long endOffset(int extent) {
    return offset(extent) + extentBytes(extent);
  }

  private int extentBytes(int extent) {
    return bytesBetween(starts[extent], ends[extent]);
  }

  /** Whether an extent begins and ends at multiples of a power of two. */
  boolean isAligned(int extent, int alignment) {
    int last = ends[extent] - 1;
    return ((order.number(starts[extent]) | bytesOfSlot[order.slot(last)] | pieceBytes)
            & (alignment - 1))
        == 0;
  }

  /** Where an extent fails its pieces are tried one by one: a bad sector costs one piece. */
  void transfer(Transfer transfer, int extent, FailureSink failures) {
    int from = starts[extent];
    int end = ends[extent];
    try {
      transfer.run(from, end);
    } catch (ProblemException e) {
      if (end == from + 1) {
        failures.failed(order.slot(from), e.problem());
      } else {
        transferOneByOne(transfer, from, end, failures);
      }
    }
  }

  private void transferOneByOne(Transfer transfer, int from, int end, FailureSink failures) {
    for (int place = from; place < end; place++) {
      try {
        transfer.run(place, place + 1);
      } catch (ProblemException e) {
        failures.failed(order.slot(place), e.problem());
      }
    }
  }

  /** The bytes of the pieces between two places. */
  private ByteBuffer bytes(int from, int end) {
    int start = from * pieceBytes;
    return buffer.duplicate().limit(start + bytesBetween(from, end)).position(start);
  }

  /** Length of the pieces between two places. */
  int bytesBetween(int from, int end) {
    return (end - 1 - from) * pieceBytes + bytesOfSlot[order.slot(end - 1)];
  }

  /**
   * The bytes that another buffer has for the pieces between two places: as they lie there, if they
   * lie in a row; else they are copied into this buffer, over what it held.
   */
  ByteBuffer bytesOf(DeviceBuffer source, int from, int end) {
    int first = source.order.place(order.slot(from));
    for (int place = from + 1; place < end; place++) {
      if (source.order.place(order.slot(place)) - first != place - from) {
        gather(source, from, end);
        return bytes(from, end);
      }
    }
    return source.bytes(first, first + end - from);
  }

  private void gather(DeviceBuffer source, int from, int end) {
    for (int place = from; place < end; place++) {
      buffer.put(
          place * pieceBytes, source.piece(order.slot(place)), 0, bytesOfSlot[order.slot(place)]);
    }
  }

  /**
   * The place after the last of the pieces from a place on that another buffer's device has in a
   * row.
   */
  int runEnd(DeviceBuffer other, int from, int end) {
    int next = from + 1;
    while (next < end
        && other.offsetOf(order.slot(next)) == other.offsetOf(order.slot(next - 1)) + pieceBytes) {
      next++;
    }
    return next;
  }

  /** Finds the extents of the chosen pieces. Returns how many there are. */
  int cut(IntPredicate chosen) {
    int count = 0;
    int place = 0;
    while (place < order.size()) {
      if (chosen.test(order.slot(place))) {
        starts[count] = place;
        place = extentEnd(place, chosen);
        ends[count++] = place;
      } else {
        place++;
      }
    }
    return count;
  }

  /** The place after the last piece that touches, is whole but for the last, and is chosen too. */
  private int extentEnd(int from, IntPredicate chosen) {
    int limit = Math.min(order.size(), from + Math.max(1, MAX_EXTENT_BYTES / pieceBytes));
    int end = from + 1;
    while (end < limit
        && order.number(end) == order.number(end - 1) + pieceBytes
        && bytesOfSlot[order.slot(end - 1)] == pieceBytes
        && chosen.test(order.slot(end))) {
      end++;
    }
    return end;
  }

  BlockDevice device() {
    return device;
  }

  /** The place of an extent's first piece. */
  int start(int extent) {
    return starts[extent];
  }

  /** The place after an extent's last piece. */
  int end(int extent) {
    return ends[extent];
  }

  /** Byte offset on the device of a slot's piece. */
  long offsetOf(int slot) {
    return offsetOfSlot[slot];
  }

  /** The slot of the piece that is the {@code place}-th on the device. */
  int slotAt(int place) {
    return order.slot(place);
  }

  /** The bytes of a piece. */
  ByteBuffer piece(int slot) {
    return buffer.slice(order.place(slot) * pieceBytes, bytesOfSlot[slot]);
  }
}

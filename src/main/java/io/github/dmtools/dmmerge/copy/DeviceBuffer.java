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
 * Buffers a window's pieces for one device. The buffer is sorted by device offset, so pieces that
 * are adjacent on the device are adjacent in memory and are transferred as one extent.
 */
final class DeviceBuffer {
  /** Largest transfer. Larger ones are no faster, and a bad sector would retry more pieces. */
  private static final int MAX_EXTENT_BYTES = 1 << 20;

  /** A disk skips smaller gaps at no cost. */
  private static final int MAX_GAP_BYTES = 32 << 10;

  /** Smaller spans wait for the barrier, which sorts them: each would cost a seek. */
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
   * @param offsetOfSlot device offset in bytes of each slot's piece; set before {@link #read}
   * @param bytesOfSlot length of each slot's piece, at most {@code pieceBytes}; set before {@link
   *     #read}
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

  /** Receives pieces that could not be read or written. Called from any thread. */
  @FunctionalInterface
  interface FailureSink {
    /** Called at most once for each transfer of the piece. */
    void failed(int slot, Problem problem);
  }

  /** Transfers the pieces in the range [from, end). */
  interface Transfer {
    void run(int from, int end);
  }

  /**
   * Reads the pieces of the first slots, as extents and in parallel. All offsets must differ.
   *
   * @param afterwards called for each slot after its transfer, even a failed one, from any thread
   */
  void read(int pieces, TransferPool pool, FailureSink failures, IntConsumer afterwards) {
    order.sort(offsetOfSlot, pieces);
    Transfer read = (from, end) -> device.read(bytes(from, end), order.key(from));
    pool.forEach(
        findExtents(slot -> true),
        extent -> {
          transfer(read, extent, failures);
          for (int position = starts[extent]; position < ends[extent]; position++) {
            afterwards.accept(order.slot(position));
          }
        });
  }

  /**
   * Returns the device ranges that the chosen pieces fill with small gaps at most, if they are
   * large enough to write back early.
   */
  List<ByteRange> denseSpans(IntPredicate chosen) {
    List<ByteRange> spans = new ArrayList<>();
    int count = findExtents(chosen);
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
    return order.key(starts[extent]);
  }

  private long endOffset(int extent) {
    return offset(extent) + extentBytes(extent);
  }

  private int extentBytes(int extent) {
    return bytesBetween(starts[extent], ends[extent]);
  }

  /** True if the extent starts and ends at a multiple of {@code alignment}, a power of two. */
  boolean isAligned(int extent, int alignment) {
    int last = ends[extent] - 1;
    return ((order.key(starts[extent]) | bytesOfSlot[order.slot(last)] | pieceBytes)
            & (alignment - 1))
        == 0;
  }

  /** If an extent fails, retries it piece by piece, so that a bad sector costs only one piece. */
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
    for (int position = from; position < end; position++) {
      try {
        transfer.run(position, position + 1);
      } catch (ProblemException e) {
        failures.failed(order.slot(position), e.problem());
      }
    }
  }

  /** The bytes of the pieces in the range [from, end). */
  private ByteBuffer bytes(int from, int end) {
    int start = from * pieceBytes;
    return buffer.duplicate().limit(start + bytesBetween(from, end)).position(start);
  }

  /** Length in bytes of the pieces in the range [from, end). */
  int bytesBetween(int from, int end) {
    return (end - 1 - from) * pieceBytes + bytesOfSlot[order.slot(end - 1)];
  }

  /**
   * Returns another buffer's bytes for the pieces in the range [from, end): a view if they are
   * contiguous there, else a copy that overwrites them in this buffer.
   */
  ByteBuffer contiguousBytes(DeviceBuffer source, int from, int end) {
    int first = source.order.position(order.slot(from));
    for (int position = from + 1; position < end; position++) {
      if (source.order.position(order.slot(position)) - first != position - from) {
        gather(source, from, end);
        return bytes(from, end);
      }
    }
    return source.bytes(first, first + end - from);
  }

  private void gather(DeviceBuffer source, int from, int end) {
    for (int position = from; position < end; position++) {
      int slot = order.slot(position);
      buffer.put(position * pieceBytes, source.piece(slot), 0, bytesOfSlot[slot]);
    }
  }

  /** The end of the run of pieces from {@code from} that is contiguous on the other device too. */
  int runEnd(DeviceBuffer other, int from, int end) {
    int next = from + 1;
    while (next < end
        && other.offsetOf(order.slot(next)) == other.offsetOf(order.slot(next - 1)) + pieceBytes) {
      next++;
    }
    return next;
  }

  /** Finds the extents of the chosen pieces and returns their number. */
  int findExtents(IntPredicate chosen) {
    int count = 0;
    int position = 0;
    while (position < order.size()) {
      if (chosen.test(order.slot(position))) {
        starts[count] = position;
        position = extentEnd(position, chosen);
        ends[count++] = position;
      } else {
        position++;
      }
    }
    return count;
  }

  /** Only the last piece of an extent may be clipped. */
  private int extentEnd(int from, IntPredicate chosen) {
    int limit = Math.min(order.size(), from + Math.max(1, MAX_EXTENT_BYTES / pieceBytes));
    int end = from + 1;
    while (end < limit
        && order.key(end) == order.key(end - 1) + pieceBytes
        && bytesOfSlot[order.slot(end - 1)] == pieceBytes
        && chosen.test(order.slot(end))) {
      end++;
    }
    return end;
  }

  BlockDevice device() {
    return device;
  }

  /** Position of the extent's first piece. */
  int start(int extent) {
    return starts[extent];
  }

  /** Position after the extent's last piece. */
  int end(int extent) {
    return ends[extent];
  }

  /** Device offset of the slot's piece, in bytes. */
  long offsetOf(int slot) {
    return offsetOfSlot[slot];
  }

  /** The slot of the piece at a position in the device's order. */
  int slotAt(int position) {
    return order.slot(position);
  }

  ByteBuffer piece(int slot) {
    return buffer.slice(order.position(slot) * pieceBytes, bytesOfSlot[slot]);
  }
}

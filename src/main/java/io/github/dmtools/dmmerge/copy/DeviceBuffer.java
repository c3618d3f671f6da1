package io.github.dmtools.dmmerge.copy;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

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

  /** Below this, sharing blocks takes a file system longer than writing them. */
  private static final int MIN_SHARED_BYTES = MAX_EXTENT_BYTES / 4;

  /** As large as the smallest hole of any file system. */
  private static final ByteBuffer NO_BYTES = ByteBuffer.allocateDirect(ChunkSize.SECTOR_BYTES);

  private final int pieceBytes;
  private final ByteBuffer buffer;
  private final long[] offsetOfSlot;
  private final int[] bytesOfSlot;
  private final SlotOrder order;
  private final int[] starts;
  private final int[] ends;

  DeviceBuffer(int capacity, int pieceBytes) {
    this.pieceBytes = pieceBytes;
    this.buffer = AlignedBuffers.allocate(Math.multiplyExact(capacity, pieceBytes));
    this.offsetOfSlot = new long[capacity];
    this.bytesOfSlot = new int[capacity];
    this.order = new SlotOrder(capacity);
    this.starts = new int[capacity];
    this.ends = new int[capacity];
  }

  void set(int slot, long offset, int bytes) {
    offsetOfSlot[slot] = offset;
    bytesOfSlot[slot] = bytes;
  }

  /** Gives every piece its place, once all are set. No two have the same offset. */
  void arrange(int pieces) {
    order.arrange(offsetOfSlot, pieces);
  }

  /** What is done with the extent of the pieces between two places. */
  private interface Transfer {
    void run(int from, int end);
  }

  /**
   * Reads all pieces, as extents, several at once.
   *
   * @param then runs for each slot after its transfer, failed or not, in any thread
   */
  void read(BlockDevice device, TransferPool pool, Window.FailureSink failures, IntConsumer then) {
    Transfer read = (from, end) -> device.read(extent(from, end), order.number(from));
    int count = cut(slot -> true);
    pool.each(
        count,
        extent -> {
          transfer(read, extent, failures);
          for (int place = starts[extent]; place < ends[extent]; place++) {
            then.accept(order.slot(place));
          }
        });
  }

  /**
   * Writes the bytes that another buffer has for the chosen pieces to this buffer's device, as
   * extents. Past the page cache several go at once. What goes through the cache, the rest of a
   * page that a direct write touches included, goes after them in the device's order: the kernel
   * does not keep the two coherent while both go on. Where an extent fails its pieces are tried one
   * by one, so that a bad sector costs one piece.
   *
   * @param cloneSource the other buffer's device, where its blocks may be shared instead; else
   *     null. The kernel keeps that coherent with whatever else goes on.
   */
  void write(
      BlockDevice device,
      DeviceBuffer source,
      @Nullable BlockDevice cloneSource,
      TransferPool pool,
      IntPredicate chosen,
      Window.FailureSink failures) {
    Transfer write =
        cloneSource == null
            ? (from, end) -> write(device, source, from, end)
            : (from, end) -> shareOrWrite(device, source, cloneSource, from, end);
    int count = cut(chosen);
    // Asked once: another thread may find out meanwhile that it is refused.
    boolean direct = device.direct();
    IntPredicate pastCache = extent -> direct && isAligned(extent, device.directAlignment());
    if (direct) {
      pool.each(
          count,
          extent -> {
            if (pastCache.test(extent)) {
              transfer(write, extent, failures);
            }
          });
    }
    for (int extent = 0; extent < count; extent++) {
      if (!pastCache.test(extent)) {
        transfer(write, extent, failures);
      }
    }
  }

  private void write(BlockDevice device, DeviceBuffer source, int from, int end) {
    device.write(bytesOf(source, from, end), order.number(from));
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
      while (next < count && offset(next) - end(next - 1) <= MAX_GAP_BYTES) {
        bytes += extentBytes(next++);
      }
      if (bytes >= MIN_SPAN_BYTES) {
        spans.add(new ByteRange(offset(extent), end(next - 1) - offset(extent)));
      }
    }
    return spans;
  }

  private long offset(int extent) {
    return order.number(starts[extent]);
  }

  private long end(int extent) {
    return offset(extent) + extentBytes(extent);
  }

  private int extentBytes(int extent) {
    return bytesBetween(starts[extent], ends[extent]);
  }

  /** Shares the runs that touch on the other buffer too, and writes what is between them. */
  private void shareOrWrite(
      BlockDevice device, DeviceBuffer source, BlockDevice cloneSource, int from, int end) {
    int unwritten = from;
    int next;
    for (int run = from; run < end; run = next) {
      next = source.runEnd(order, run, end);
      if (share(device, source, cloneSource, run, next)) {
        if (unwritten < run) {
          write(device, source, unwritten, run);
        }
        unwritten = next;
      }
    }
    if (unwritten < end) {
      write(device, source, unwritten, end);
    }
  }

  /** The place after the last of some pieces that touch on this buffer's device. */
  private int runEnd(SlotOrder other, int from, int end) {
    int next = from + 1;
    while (next < end
        && offsetOfSlot[other.slot(next)] == offsetOfSlot[other.slot(next - 1)] + pieceBytes) {
      next++;
    }
    return next;
  }

  /** Returns whether the bytes of a run are there now. */
  private boolean share(
      BlockDevice device, DeviceBuffer source, BlockDevice cloneSource, int from, int end) {
    int bytes = bytesBetween(from, end);
    return bytes >= MIN_SHARED_BYTES
        && !mayHaveHoles(bytesOf(source, from, end))
        && cloneSource.shareInto(
            device, source.offsetOfSlot[order.slot(from)], order.number(from), bytes);
  }

  /** A hole in a sparse store would take space from the origin that it may have reserved. */
  private static boolean mayHaveHoles(ByteBuffer bytes) {
    for (int at = bytes.position(); at < bytes.limit(); at += NO_BYTES.capacity()) {
      int length = Math.min(NO_BYTES.capacity(), bytes.limit() - at);
      // The first of them tell most often, and soonest.
      boolean beginsSo = length < Long.BYTES || bytes.getLong(at) == 0;
      if (beginsSo && bytes.slice(at, length).mismatch(NO_BYTES.slice(0, length)) < 0) {
        return true;
      }
    }
    return false;
  }

  private boolean isAligned(int extent, int alignment) {
    int last = ends[extent] - 1;
    return ((order.number(starts[extent]) | bytesOfSlot[order.slot(last)] | pieceBytes)
            & (alignment - 1))
        == 0;
  }

  private void transfer(Transfer transfer, int extent, Window.FailureSink failures) {
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

  private void transferOneByOne(Transfer transfer, int from, int end, Window.FailureSink failures) {
    for (int place = from; place < end; place++) {
      try {
        transfer.run(place, place + 1);
      } catch (ProblemException e) {
        failures.failed(order.slot(place), e.problem());
      }
    }
  }

  /** The bytes of the pieces between two places. */
  private ByteBuffer extent(int from, int end) {
    int start = from * pieceBytes;
    return buffer.duplicate().limit(start + bytesBetween(from, end)).position(start);
  }

  private int bytesBetween(int from, int end) {
    return (end - 1 - from) * pieceBytes + bytesOfSlot[order.slot(end - 1)];
  }

  /** From where they lie, if they lie there in a row; else they are put together here. */
  private ByteBuffer bytesOf(DeviceBuffer source, int from, int end) {
    int first = source.order.place(order.slot(from));
    for (int place = from + 1; place < end; place++) {
      if (source.order.place(order.slot(place)) - first != place - from) {
        putTogether(source, from, end);
        return extent(from, end);
      }
    }
    return source.extent(first, first + end - from);
  }

  private void putTogether(DeviceBuffer source, int from, int end) {
    for (int place = from; place < end; place++) {
      buffer.put(
          place * pieceBytes, source.piece(order.slot(place)), 0, bytesOfSlot[order.slot(place)]);
    }
  }

  /** Finds the extents of the chosen pieces. Returns how many there are. */
  private int cut(IntPredicate chosen) {
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

  /** The slot of the piece that is the {@code place}-th on the device. */
  int slotAt(int place) {
    return order.slot(place);
  }

  /** The bytes of a piece. */
  ByteBuffer piece(int slot) {
    return buffer.slice(order.place(slot) * pieceBytes, bytesOfSlot[slot]);
  }
}

package io.github.dmtools.dmmerge.copy;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.problem.Problem;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * As many pieces of the table as fit into bounded memory, with the bytes that both devices have for
 * them. Within a window each device is read in its own order. Slots are in the order of the pieces.
 */
public final class Window {
  /** Hears of a piece that could not be read or written, in any thread. */
  @FunctionalInterface
  public interface FailureSink {
    /** Told at most once for each transfer of the piece. */
    void failed(int slot, Problem problem);
  }

  /** Enough to keep a device's queue filled, and for a journal's barriers to be few. */
  public static final int LARGE_BYTES = 8 << 20;

  /** As much as the processor's caches hold from the read to the write. */
  public static final int SMALL_BYTES = 2 << 20;

  private static final int MAX_PIECES = 16 * 1024;

  private final BlockDevice storeDevice;
  private final @Nullable BlockDevice originDevice;
  private final DeviceBuffer store;
  private final @Nullable DeviceBuffer origin;
  private final int capacity;
  private final ChunkSize chunkSize;
  private final long originBytes;
  private final boolean wholeChunks;
  private final long[] index;
  private final long[] oldChunk;
  private final long[] newChunk;
  private final long[] originOffset;
  private final long[] storeOffset;
  private final int[] bytes;
  private final boolean[] last;
  private final boolean[] differs;
  private int size;

  /**
   * A large one.
   *
   * @param origin null if there is nothing to compare with
   */
  public Window(ExceptionStore store, @Nullable BlockDevice origin) {
    this(store, origin, LARGE_BYTES);
  }

  /**
   * @param origin null if there is nothing to compare with
   * @param bufferBytes how much of each buffer there is room for, if it is as much as a piece
   */
  public Window(ExceptionStore store, @Nullable BlockDevice origin, int bufferBytes) {
    int pieceBytes = TableOrder.pieceBytes(store.chunkSize());
    this.capacity = capacity(store, bufferBytes);
    this.chunkSize = store.chunkSize();
    this.originBytes = store.originBytes();
    this.wholeChunks = TableOrder.piecesPerChunk(chunkSize) == 1;
    this.storeDevice = store.device();
    this.originDevice = origin;
    this.store = new DeviceBuffer(capacity, pieceBytes);
    this.origin = origin == null ? null : new DeviceBuffer(capacity, pieceBytes);
    this.index = new long[capacity];
    this.oldChunk = new long[capacity];
    this.newChunk = new long[capacity];
    this.originOffset = new long[capacity];
    this.storeOffset = new long[capacity];
    this.bytes = new int[capacity];
    this.last = new boolean[capacity];
    this.differs = new boolean[capacity];
  }

  /**
   * Takes the next pieces of the table, reads both sides and compares them.
   *
   * @param failures hears of each piece that could not be read, at most once for each buffer
   * @return false if there are none left
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code store.changed}, or {@code
   *     device.read} in the table
   */
  public boolean fill(PieceCursor pieces, TransferPool pool, FailureSink failures) {
    size = 0;
    while (size < capacity && pieces.next()) {
      take(pieces);
    }
    store.arrange(size);
    store.read(storeDevice, pool, failures, slot -> {});
    DeviceBuffer target = origin;
    if (target != null && originDevice != null) {
      target.arrange(size);
      target.read(originDevice, pool, failures, slot -> differs[slot] = compare(target, slot));
    }
    return size > 0;
  }

  private void take(PieceCursor piece) {
    int slot = size++;
    index[slot] = piece.index();
    oldChunk[slot] = piece.oldChunk();
    newChunk[slot] = piece.newChunk();
    originOffset[slot] = piece.originOffset();
    storeOffset[slot] = piece.storeOffset();
    bytes[slot] = piece.bytes();
    last[slot] = piece.isLast();
    store.set(slot, storeOffset[slot], bytes[slot]);
    if (origin != null) {
      origin.set(slot, originOffset[slot], bytes[slot]);
    }
  }

  /** Pieces in the window; slots are 0 to this. */
  public int size() {
    return size;
  }

  /** Whether every piece is a whole chunk, as far as the origin has it, and not a part of one. */
  public boolean hasWholeChunks() {
    return wholeChunks;
  }

  /** The most pieces that it can hold. */
  public int capacity() {
    return capacity;
  }

  /** The most pieces that a large one can hold. */
  public static int capacity(ExceptionStore store) {
    return capacity(store, LARGE_BYTES);
  }

  private static int capacity(ExceptionStore store, int bufferBytes) {
    long piecesPerChunk = TableOrder.piecesPerChunk(store.chunkSize());
    long most = Math.max(1, Math.multiplyExact(store.exceptions(), piecesPerChunk));
    int fitting = Math.max(1, bufferBytes / TableOrder.pieceBytes(store.chunkSize()));
    return (int) Math.min(most, Math.min(MAX_PIECES, fitting));
  }

  /** Position in the table of the exception that the piece belongs to. */
  public long index(int slot) {
    return index[slot];
  }

  public long oldChunk(int slot) {
    return oldChunk[slot];
  }

  public long newChunk(int slot) {
    return newChunk[slot];
  }

  public long originOffset(int slot) {
    return originOffset[slot];
  }

  public long storeOffset(int slot) {
    return storeOffset[slot];
  }

  public int bytes(int slot) {
    return bytes[slot];
  }

  /** Bytes of the chunk that the piece belongs to, as far as the origin has them. */
  public long chunkBytes(int slot) {
    return chunkSize.clippedBytes(oldChunk[slot], originBytes);
  }

  /** Whether the piece is the last one of its exception. */
  public boolean isLast(int slot) {
    return last[slot];
  }

  /** While the bytes that were just read are at hand. */
  private boolean compare(DeviceBuffer target, int slot) {
    return store.piece(slot).mismatch(target.piece(slot)) >= 0;
  }

  /** Whether the origin's bytes were not the store's when both were read. */
  public boolean differs(int slot) {
    return differs[slot];
  }

  /** The slot of the piece that is the {@code place}-th in the origin's order. */
  public int slotAt(int place) {
    return requireOrigin().slotAt(place);
  }

  /** What the store holds for a piece. */
  public ByteBuffer storeBytes(int slot) {
    return store.piece(slot);
  }

  /** What the origin held for a piece, until {@link #write}. */
  public ByteBuffer originBytes(int slot) {
    return requireOrigin().piece(slot);
  }

  /**
   * Writes the store's bytes of the chosen pieces into the origin.
   *
   * @param device the origin, for writing
   * @param sharing whether the origin may get the store's blocks themselves, with what the store
   *     holds by now, instead of the bytes that were read
   * @param failures hears of each piece that could not be written
   */
  public void write(
      BlockDevice device,
      boolean sharing,
      TransferPool pool,
      IntPredicate chosen,
      FailureSink failures) {
    BlockDevice cloneSource = sharing && storeDevice.mayShareInto(device) ? storeDevice : null;
    requireOrigin().write(device, store, cloneSource, pool, chosen, failures);
  }

  /** Where in the origin the chosen pieces lie so closely that a disk may begin with them. */
  public List<ByteRange> denseSpans(IntPredicate chosen) {
    return requireOrigin().denseSpans(chosen);
  }

  private DeviceBuffer requireOrigin() {
    if (origin == null) {
      throw new IllegalStateException("this window has no origin");
    }
    return origin;
  }
}

package io.github.dmtools.dmmerge.copy;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.problem.Problem;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of pieces with their data from both devices. A window is read, compared and then
 * written where the two differ. Each device is read in the order of its own offsets. Slots are in
 * the cursor's order.
 */
public final class Window {
  /** Keeps a device's queue full, and a journal's barriers few. */
  public static final int LARGE_BYTES = 8 << 20;

  /** Stays in the processor's caches from the read to the write. */
  public static final int SMALL_BYTES = 2 << 20;

  private static final int MAX_PIECES = 16 * 1024;

  private final DeviceBuffer store;
  private final @Nullable DeviceBuffer origin;
  private final int capacity;
  private final ChunkSize chunkSize;
  private final long originBytes;
  private final long piecesPerChunk;
  private final long[] index;
  private final long[] oldChunk;
  private final long[] newChunk;
  private final long[] originOffset;
  private final long[] storeOffset;
  private final int[] bytes;
  private final boolean[] last;
  private final boolean[] pending;
  private final @Nullable Problem[] problems;
  private int size;
  private boolean anyPending;

  /**
   * Creates a window of {@link #LARGE_BYTES}.
   *
   * @param origin null if there is nothing to compare with
   */
  public Window(ExceptionStore store, @Nullable BlockDevice origin) {
    this(store, origin, LARGE_BYTES);
  }

  /**
   * @param origin null if there is nothing to compare with
   * @param bufferBytes size of each of the two buffers; a buffer holds at least one piece
   */
  public Window(ExceptionStore store, @Nullable BlockDevice origin, int bufferBytes) {
    int pieceBytes = TableOrder.pieceBytes(store.chunkSize());
    this.capacity = capacity(store, bufferBytes);
    this.chunkSize = store.chunkSize();
    this.originBytes = store.originBytes();
    this.piecesPerChunk = TableOrder.piecesPerChunk(chunkSize);
    this.index = new long[capacity];
    this.oldChunk = new long[capacity];
    this.newChunk = new long[capacity];
    this.originOffset = new long[capacity];
    this.storeOffset = new long[capacity];
    this.bytes = new int[capacity];
    this.last = new boolean[capacity];
    this.pending = new boolean[capacity];
    this.problems = new Problem[capacity];
    this.store = new DeviceBuffer(store.device(), pieceBytes, storeOffset, bytes);
    this.origin = origin == null ? null : new DeviceBuffer(origin, pieceBytes, originOffset, bytes);
  }

  /**
   * Reads the next pieces from both devices and compares them. A read error becomes the {@link
   * #problem} of its piece.
   *
   * @return false at the end of the table
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code store.changed}, or {@code
   *     device.read} in the table
   */
  public boolean fill(PieceCursor pieces, TransferPool pool) {
    size = 0;
    Arrays.fill(problems, null);
    while (size < capacity && pieces.next()) {
      add(pieces);
    }
    store.read(size, pool, this::fail, slot -> {});
    DeviceBuffer target = origin;
    if (target != null) {
      target.read(size, pool, this::fail, slot -> pending[slot] = differs(target, slot));
    }
    anyPending = false;
    for (int slot = 0; slot < size; slot++) {
      pending[slot] &= problems[slot] == null;
      anyPending |= pending[slot];
    }
    return size > 0;
  }

  private void add(PieceCursor piece) {
    int slot = size++;
    index[slot] = piece.index();
    oldChunk[slot] = piece.oldChunk();
    newChunk[slot] = piece.newChunk();
    long offset = piece.offsetInChunk();
    long left = chunkBytes(slot) - offset;
    originOffset[slot] = chunkSize.offsetOf(oldChunk[slot]) + offset;
    storeOffset[slot] = chunkSize.offsetOf(newChunk[slot]) + offset;
    bytes[slot] = (int) Math.min(left, TableOrder.pieceBytes(chunkSize));
    last[slot] = left == bytes[slot];
  }

  /** Number of pieces; slots are numbered from 0. */
  public int size() {
    return size;
  }

  /**
   * True if every piece is a whole chunk, clipped at the end of the origin, and not a part of one.
   */
  public boolean hasWholeChunks() {
    return piecesPerChunk == 1;
  }

  /** Maximum number of pieces. */
  public int capacity() {
    return capacity;
  }

  /** Maximum number of pieces in a window of {@link #LARGE_BYTES}. */
  public static int capacity(ExceptionStore store) {
    return capacity(store, LARGE_BYTES);
  }

  private static int capacity(ExceptionStore store, int bufferBytes) {
    long piecesPerChunk = TableOrder.piecesPerChunk(store.chunkSize());
    long most = Math.max(1, Math.multiplyExact(store.exceptions(), piecesPerChunk));
    int fitting = Math.max(1, bufferBytes / TableOrder.pieceBytes(store.chunkSize()));
    return (int) Math.min(most, Math.min(MAX_PIECES, fitting));
  }

  /** Index in the table of the piece's exception. */
  public long index(int slot) {
    return index[slot];
  }

  /** Index of the piece in the table, counted as if no chunk was clipped. */
  long pieceIndex(int slot) {
    long inChunk = storeOffset[slot] - chunkSize.offsetOf(newChunk[slot]);
    return index[slot] * piecesPerChunk + inChunk / TableOrder.pieceBytes(chunkSize);
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

  /** Length in bytes of the piece's chunk, clipped at the end of the origin. */
  public long chunkBytes(int slot) {
    return chunkSize.clippedBytes(oldChunk[slot], originBytes);
  }

  /** True for the last piece of an exception. */
  public boolean isLast(int slot) {
    return last[slot];
  }

  /** Runs right after the read, while the bytes are in the processor's caches. */
  private boolean differs(DeviceBuffer target, int slot) {
    return store.piece(slot).mismatch(target.piece(slot)) >= 0;
  }

  /** True if both devices were read and differ, so the piece must be written. */
  public boolean isPending(int slot) {
    return pending[slot];
  }

  public boolean anyPending() {
    return anyPending;
  }

  /** Records why a piece was not read or must not be written. Keeps the first problem. */
  public synchronized void fail(int slot, Problem problem) {
    if (problems[slot] == null) {
      problems[slot] = problem;
    }
  }

  /** Why a piece could not be read or written, or must not be; null if there is no problem. */
  public @Nullable Problem problem(int slot) {
    return problems[slot];
  }

  /** The first piece's problem; null if no piece has one. */
  public @Nullable Problem firstProblem() {
    for (int slot = 0; slot < size; slot++) {
      if (problems[slot] != null) {
        return problems[slot];
      }
    }
    return null;
  }

  /** Length of all pieces in bytes. */
  public long bytes() {
    long total = 0;
    for (int slot = 0; slot < size; slot++) {
      total += bytes[slot];
    }
    return total;
  }

  /** The slot of the piece at a position in the origin's order. */
  public int slotAt(int position) {
    return requireOrigin().slotAt(position);
  }

  /** The store's bytes for a piece. */
  public ByteBuffer storeBytes(int slot) {
    return store.piece(slot);
  }

  /** The origin's bytes for a piece. Undefined after {@link #writePending}. */
  public ByteBuffer originBytes(int slot) {
    return requireOrigin().piece(slot);
  }

  /**
   * Writes the pending pieces to the origin, except those with a {@link #problem}. A write error
   * becomes the problem of its piece.
   *
   * @param device the origin, for writing
   * @param sharing whether to share the store's blocks with the origin: their current content, not
   *     the bytes that were read
   */
  public void writePending(BlockDevice device, boolean sharing, TransferPool pool) {
    new OriginWriter(device, requireOrigin(), store, sharing)
        .write(pool, slot -> pending[slot] && problems[slot] == null, this::fail);
  }

  /** The origin's ranges that the pending pieces fill densely enough to write back early. */
  public List<ByteRange> denseSpans() {
    return requireOrigin().denseSpans(slot -> pending[slot]);
  }

  private DeviceBuffer requireOrigin() {
    if (origin == null) {
      throw new IllegalStateException("this window has no origin");
    }
    return origin;
  }
}

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
 * As many pieces of the table as fit into bounded memory, with the bytes that both devices have for
 * them: read, compared, and then written where they differ. Within a window each device is read in
 * its own order. Slots are in the order of the pieces.
 */
public final class Window {
  /** Enough to keep a device's queue filled, and for a journal's barriers to be few. */
  public static final int LARGE_BYTES = 8 << 20;

  /** As much as the processor's caches hold from the read to the write. */
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
   * Takes the next pieces of the table, reads both sides and compares them. What cannot be read
   * becomes a {@link #problem} of its piece.
   *
   * @return false if there are none left
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code store.changed}, or {@code
   *     device.read} in the table
   */
  public boolean fill(PieceCursor pieces, TransferPool pool) {
    size = 0;
    Arrays.fill(problems, null);
    while (size < capacity && pieces.next()) {
      take(pieces);
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

  private void take(PieceCursor piece) {
    int slot = size++;
    index[slot] = piece.index();
    oldChunk[slot] = piece.oldChunk();
    newChunk[slot] = piece.newChunk();
    originOffset[slot] = piece.originOffset();
    storeOffset[slot] = piece.storeOffset();
    bytes[slot] = piece.bytes();
    last[slot] = piece.isLast();
  }

  /** Pieces in the window; slots are 0 to this. */
  public int size() {
    return size;
  }

  /** Whether every piece is a whole chunk, as far as the origin has it, and not a part of one. */
  public boolean hasWholeChunks() {
    return piecesPerChunk == 1;
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

  /** Number of the piece in the table, where no chunk is clipped. */
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

  /** Bytes of the chunk that the piece belongs to, as far as the origin has them. */
  public long chunkBytes(int slot) {
    return chunkSize.clippedBytes(oldChunk[slot], originBytes);
  }

  /** Whether the piece is the last one of its exception. */
  public boolean isLast(int slot) {
    return last[slot];
  }

  /** Compares while the bytes that were just read are in the processor's caches. */
  private boolean differs(DeviceBuffer target, int slot) {
    return store.piece(slot).mismatch(target.piece(slot)) >= 0;
  }

  /** Whether the piece was read on both sides and differs, and so is to be written. */
  public boolean isPending(int slot) {
    return pending[slot];
  }

  /** Whether any piece is pending. */
  public boolean anyPending() {
    return anyPending;
  }

  /** The piece was not read or not written, or must not be: what went wrong first counts. */
  public synchronized void fail(int slot, Problem problem) {
    if (problems[slot] == null) {
      problems[slot] = problem;
    }
  }

  /** Why a piece was not read or not written; null if it was. */
  public @Nullable Problem problem(int slot) {
    return problems[slot];
  }

  /** The problem of the first piece that has one; null if none has. */
  public @Nullable Problem firstProblem() {
    for (int slot = 0; slot < size; slot++) {
      if (problems[slot] != null) {
        return problems[slot];
      }
    }
    return null;
  }

  /** Bytes of all pieces. */
  public long bytes() {
    long total = 0;
    for (int slot = 0; slot < size; slot++) {
      total += bytes[slot];
    }
    return total;
  }

  /** The slot of the piece that is the {@code place}-th in the origin's order. */
  public int slotAt(int place) {
    return requireOrigin().slotAt(place);
  }

  /** What the store holds for a piece. */
  public ByteBuffer storeBytes(int slot) {
    return store.piece(slot);
  }

  /** What the origin held for a piece, until {@link #writePending}. */
  public ByteBuffer originBytes(int slot) {
    return requireOrigin().piece(slot);
  }

  /**
   * Writes the store's bytes of the pending pieces into the origin, but for those that have a
   * {@link #problem} by now. What cannot be written gets one.
   *
   * @param device the origin, for writing
   * @param sharing whether the origin may get the store's blocks themselves, with what the store
   *     holds by now, instead of the bytes that were read
   */
  public void writePending(BlockDevice device, boolean sharing, TransferPool pool) {
    new OriginWriter(device, requireOrigin(), store, sharing)
        .write(pool, slot -> pending[slot] && problems[slot] == null, this::fail);
  }

  /** Where in the origin the pending pieces lie so closely that a disk may begin with them. */
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

package io.github.dmtools.dmmerge.copy;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.TableCursor;
import io.github.dmtools.dmmerge.problem.CancelSignal;

/**
 * Walks over the table in bands, each in the origin's order. A file system or a disk writes what
 * lies close together in a fraction of the time that it takes for the same chunks at random; and a
 * band has far more of them that do than a window, since it holds no data. The store is read at
 * random then, out of the page cache: of every band it is brought there in the store's order. A
 * band whose chunks lie too far apart in the store for that stays in the table's order.
 */
public final class OriginOrder implements PieceCursor {
  /** Takes some 9 MiB of memory for what is known of them. */
  private static final int MAX_PIECES = 1 << 18;

  private static final long MAX_BYTES = 1L << 30;

  /** How much is brought into the page cache between two looks at anything else. */
  private static final int STEP_BYTES = 4 << 20;

  private final BlockDevice device;
  private final TableCursor table;
  private final long exceptions;
  private final CancelSignal cancel;
  private final ChunkSize chunkSize;
  private final long originBytes;
  private final int capacity;
  private final long[] oldChunks;
  private final long[] newChunks;
  private final SlotOrder order;
  private final int stepPieces;
  private long firstIndex;
  private int place = -1;
  private long bandEnd;
  private long prefetchedFrom;
  private long prefetchedTo;

  /**
   * Begins at the first band.
   *
   * @param cacheBytes of the store that the page cache may be expected to hold at once
   * @param cancel ends what is brought into the page cache before it is needed, and nothing else
   */
  public OriginOrder(ExceptionStore store, long cacheBytes, CancelSignal cancel) {
    if (!suits(store)) {
      throw new IllegalArgumentException("chunks of this store are best taken as they come");
    }
    this.device = store.device();
    this.table = store.entries();
    this.exceptions = store.exceptions();
    this.cancel = cancel;
    this.chunkSize = store.chunkSize();
    this.originBytes = store.originBytes();
    // The band that is worked on, and the next one.
    long bandBytes = Math.min(MAX_BYTES, cacheBytes / 2);
    long pieces = Math.min(MAX_PIECES, Math.max(1, bandBytes / chunkSize.bytes()));
    this.capacity = (int) Math.min(pieces, Math.max(1, exceptions));
    this.oldChunks = new long[capacity];
    this.newChunks = new long[capacity];
    this.order = new SlotOrder(capacity);
    this.stepPieces = (int) (STEP_BYTES / chunkSize.bytes());
  }

  /**
   * Whether a store can be read in this order: its chunks are pieces, and there is a page cache to
   * read them from.
   */
  public static boolean suits(ExceptionStore store) {
    return TableOrder.piecesPerChunk(store.chunkSize()) == 1 && !store.device().direct();
  }

  @Override
  public boolean hasNext() {
    return place + 1 < order.size() || table.index() + 1 < exceptions;
  }

  @Override
  public boolean next() {
    if (!hasNext()) {
      return false;
    }
    if (++place == order.size()) {
      readBand();
      place = 0;
    } else if (place % stepPieces == 0 && !order.isTrivial()) {
      prefetchNextBand();
    }
    return true;
  }

  private void readBand() {
    firstIndex = table.index() + 1;
    int size = 0;
    long first = Long.MAX_VALUE;
    long last = 0;
    while (size < capacity && table.next()) {
      oldChunks[size] = table.oldChunk();
      newChunks[size] = table.newChunk();
      first = Math.min(first, newChunks[size]);
      last = Math.max(last, newChunks[size]);
      size++;
    }
    // What the kernel wrote lies together, but for the areas.
    if (last - first < 2L * size) {
      order.arrange(oldChunks, size);
    } else {
      order.keep(oldChunks, size);
    }
    if (!order.isTrivial()) {
      bandEnd = chunkSize.offsetOf(last + 1);
      prefetchBand(chunkSize.offsetOf(first));
    }
  }

  private void prefetchBand(long from) {
    boolean begun = from >= prefetchedFrom && from <= prefetchedTo;
    if (!begun) {
      prefetchedFrom = from;
      prefetchedTo = from;
    }
    while (prefetchedTo < bandEnd && !cancel.isRaised()) {
      prefetch(bandEnd);
    }
  }

  /** It lies after this one, if it was written after it: as much of it as the table has left. */
  private void prefetchNextBand() {
    long left = Math.min(capacity, exceptions - 1 - table.index());
    long end = Math.min(device.sizeBytes(), bandEnd + left * chunkSize.bytes());
    if (prefetchedTo < end) {
      prefetch(end);
    }
  }

  /** The next step towards an end. */
  private void prefetch(long end) {
    long bytes = Math.min(STEP_BYTES, end - prefetchedTo);
    device.prefetch(prefetchedTo, bytes);
    prefetchedTo += bytes;
  }

  @Override
  public long index() {
    return firstIndex + order.slot(place);
  }

  @Override
  public long oldChunk() {
    return order.number(place);
  }

  @Override
  public long newChunk() {
    return newChunks[order.slot(place)];
  }

  @Override
  public long originOffset() {
    return chunkSize.offsetOf(oldChunk());
  }

  @Override
  public long storeOffset() {
    return chunkSize.offsetOf(newChunk());
  }

  @Override
  public int bytes() {
    return (int) chunkSize.clippedBytes(oldChunk(), originBytes);
  }

  @Override
  public boolean isLast() {
    return true;
  }
}

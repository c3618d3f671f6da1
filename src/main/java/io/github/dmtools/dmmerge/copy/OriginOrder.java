package io.github.dmtools.dmmerge.copy;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.TableCursor;
import io.github.dmtools.dmmerge.problem.CancelSignal;

/**
 * Iterates over the table in bands, each sorted by origin offset. Disks and file systems write
 * adjacent chunks much faster than scattered ones, and a band finds more adjacent chunks than a
 * window does, because it holds no data. Random reads of the store then hit the page cache: each
 * band is prefetched in the store's order. A band whose chunks are too scattered in the store to
 * prefetch keeps the table's order.
 */
public final class OriginOrder implements PieceCursor {
  /** The arrays for this many pieces take about 9 MiB. */
  private static final int MAX_PIECES = 1 << 18;

  private static final long MAX_BYTES = 1L << 30;

  /** Size of one prefetch request; cancellation is checked between requests. */
  private static final int PREFETCH_BYTES = 4 << 20;

  private final BlockDevice device;
  private final TableCursor table;
  private final long exceptions;
  private final CancelSignal cancel;
  private final ChunkSize chunkSize;
  private final int capacity;
  private final long[] oldChunks;
  private final long[] newChunks;
  private final SlotOrder order;
  private final int prefetchPieces;
  private long firstIndex;
  private int position = -1;
  private long bandEnd;
  private long prefetchedFrom;
  private long prefetchedTo;

  /**
   * @param cacheBytes how much of the store the page cache is expected to hold
   * @param cancel stops prefetching, and nothing else
   */
  public OriginOrder(ExceptionStore store, long cacheBytes, CancelSignal cancel) {
    if (!supports(store)) {
      throw new IllegalArgumentException("this store does not support the origin's order");
    }
    this.device = store.device();
    this.table = store.entries();
    this.exceptions = store.exceptions();
    this.cancel = cancel;
    this.chunkSize = store.chunkSize();
    // The page cache holds two bands: the current one and the next.
    long bandBytes = Math.min(MAX_BYTES, cacheBytes / 2);
    long pieces = Math.min(MAX_PIECES, Math.max(1, bandBytes / chunkSize.bytes()));
    this.capacity = (int) Math.min(pieces, Math.max(1, exceptions));
    this.oldChunks = new long[capacity];
    this.newChunks = new long[capacity];
    this.order = new SlotOrder(capacity);
    this.prefetchPieces = (int) (PREFETCH_BYTES / chunkSize.bytes());
  }

  /**
   * True if the store supports this order: each chunk is one piece, and the store is read through
   * the page cache.
   */
  public static boolean supports(ExceptionStore store) {
    return TableOrder.piecesPerChunk(store.chunkSize()) == 1 && !store.device().direct();
  }

  @Override
  public boolean hasNext() {
    return position + 1 < order.size() || table.index() + 1 < exceptions;
  }

  @Override
  public boolean next() {
    if (!hasNext()) {
      return false;
    }
    if (++position == order.size()) {
      readBand();
      position = 0;
    } else if (position % prefetchPieces == 0 && !order.isIdentity()) {
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
    // Stores written by the kernel are contiguous except for the areas.
    if (last - first < 2L * size) {
      order.sort(oldChunks, size);
    } else {
      order.keepOrder(oldChunks, size);
    }
    if (!order.isIdentity()) {
      bandEnd = chunkSize.offsetOf(last + 1);
      prefetchBand(chunkSize.offsetOf(first));
    }
  }

  private void prefetchBand(long from) {
    boolean alreadyStarted = from >= prefetchedFrom && from <= prefetchedTo;
    if (!alreadyStarted) {
      prefetchedFrom = from;
      prefetchedTo = from;
    }
    while (prefetchedTo < bandEnd && !cancel.isRaised()) {
      prefetch(bandEnd);
    }
  }

  /** Assumes that the next band follows this one. Prefetches no more than the table has left. */
  private void prefetchNextBand() {
    long left = Math.min(capacity, exceptions - 1 - table.index());
    long end = Math.min(device.sizeBytes(), bandEnd + left * chunkSize.bytes());
    if (prefetchedTo < end) {
      prefetch(end);
    }
  }

  private void prefetch(long end) {
    long bytes = Math.min(PREFETCH_BYTES, end - prefetchedTo);
    device.prefetch(prefetchedTo, bytes);
    prefetchedTo += bytes;
  }

  @Override
  public long index() {
    return firstIndex + order.slot(position);
  }

  @Override
  public long oldChunk() {
    return order.key(position);
  }

  @Override
  public long newChunk() {
    return newChunks[order.slot(position)];
  }
}

package io.github.dmtools.dmmerge.plan;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.TableCursor;

/**
 * Walks over the table in bands, each in the origin's order. A file system or a disk writes what
 * lies close together in a fraction of the time that it takes for the same chunks at random; and a
 * band has far more of them that do than a window, since it holds no data. The store is read at
 * random then, out of the page cache: of every band it is brought there in the store's order.
 */
public final class OriginOrder implements Pieces {
  /** More would take more than some 8 MiB of memory for what is known of them. */
  private static final int MAX_PIECES = 1 << 18;

  private static final long MAX_BYTES = 1L << 30;

  /** How much of the next band is brought into the page cache at a time. */
  private static final int PREFETCH_BYTES = 4 << 20;

  private final BlockDevice device;
  private final TableCursor table;
  private final long exceptions;
  private final ChunkSize chunkSize;
  private final long originBytes;
  private final int capacity;
  private final long[] oldChunks;
  private final long[] newChunks;
  private final Arrangement order;
  private final int prefetchPieces;
  private long firstIndex;
  private int place = -1;
  private long prefetched;

  /**
   * Begins at the first band.
   *
   * @param cacheBytes of the store that the page cache may be expected to hold at once
   */
  public OriginOrder(ExceptionStore store, long cacheBytes) {
    if (!suits(store)) {
      throw new IllegalArgumentException("chunks of this store are best taken as they come");
    }
    this.device = store.device();
    this.table = store.entries();
    this.exceptions = store.exceptions();
    this.chunkSize = store.chunkSize();
    this.originBytes = store.originBytes();
    // The band that is worked on, and the next one.
    long bandBytes = Math.min(MAX_BYTES, cacheBytes / 2);
    long pieces = Math.min(MAX_PIECES, Math.max(1, bandBytes / chunkSize.bytes()));
    this.capacity = (int) Math.min(pieces, Math.max(1, exceptions));
    this.oldChunks = new long[capacity];
    this.newChunks = new long[capacity];
    this.order = new Arrangement(capacity);
    this.prefetchPieces = (int) Math.max(1, PREFETCH_BYTES / chunkSize.bytes());
  }

  /**
   * Whether a store can be read in this order: its chunks are pieces, and there is a page cache to
   * read them from.
   */
  public static boolean suits(ExceptionStore store) {
    return PieceCursor.piecesPerChunk(store.chunkSize()) == 1 && !store.device().direct();
  }

  @Override
  public boolean hasNext() {
    return place + 1 < order.size() || table.index() + 1 < exceptions;
  }

  @Override
  public boolean next() {
    place++;
    if (place == order.size()) {
      if (!hasNext()) {
        return false;
      }
      readBand();
      place = 0;
    } else if (place % prefetchPieces == 0 && !order.isTrivial()) {
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
    order.arrange(oldChunks, size);
    // What the kernel wrote lies together, but for the areas.
    boolean together = last - first < 2L * size;
    if (!order.isTrivial() && together) {
      prefetch(chunkSize.offsetOf(first), chunkSize.offsetOf(last + 1));
    }
  }

  /** It lies behind this one, if it was written after it. */
  private void prefetchNextBand() {
    if (table.index() + 1 < exceptions) {
      prefetch(prefetched, prefetched + prefetchPieces * chunkSize.bytes());
    }
  }

  private void prefetch(long from, long to) {
    long start = Math.max(from, prefetched);
    long end = Math.min(to, device.sizeBytes());
    if (start < end) {
      device.prefetch(start, end - start);
      prefetched = end;
    }
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

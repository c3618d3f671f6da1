package io.github.dmtools.dmmerge.copy;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.TableCursor;

/**
 * Iterates over the table in its own order. Chunks larger than {@link #MAX_PIECE_BYTES} are split
 * into pieces.
 */
public final class TableOrder implements PieceCursor {
  /** LVM's largest chunk is 512 KiB; the format's is 1 GiB. */
  public static final int MAX_PIECE_BYTES = 4 << 20;

  private final TableCursor table;
  private final long exceptions;
  private final ChunkSize chunkSize;
  private final long originBytes;
  private final int pieceBytes;
  private long offsetInChunk;
  private long clippedBytes;

  public TableOrder(ExceptionStore store) {
    this.table = store.entries();
    this.exceptions = store.exceptions();
    this.chunkSize = store.chunkSize();
    this.originBytes = store.originBytes();
    this.pieceBytes = pieceBytes(chunkSize);
  }

  /** Size in bytes of a piece that is not clipped. */
  static int pieceBytes(ChunkSize chunkSize) {
    return (int) Math.min(MAX_PIECE_BYTES, chunkSize.bytes());
  }

  /** Number of pieces in a chunk that is not clipped. */
  public static long piecesPerChunk(ChunkSize chunkSize) {
    return chunkSize.bytes() / pieceBytes(chunkSize);
  }

  @Override
  public boolean hasNext() {
    return offsetInChunk + pieceBytes < clippedBytes || table.index() + 1 < exceptions;
  }

  @Override
  public boolean next() {
    offsetInChunk += pieceBytes;
    if (offsetInChunk < clippedBytes) {
      return true;
    }
    if (!table.next()) {
      return false;
    }
    offsetInChunk = 0;
    clippedBytes = chunkSize.clippedBytes(table.oldChunk(), originBytes);
    return true;
  }

  @Override
  public long index() {
    return table.index();
  }

  @Override
  public long oldChunk() {
    return table.oldChunk();
  }

  @Override
  public long newChunk() {
    return table.newChunk();
  }

  @Override
  public long offsetInChunk() {
    return offsetInChunk;
  }
}

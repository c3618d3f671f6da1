package io.github.dmtools.dmmerge.plan;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.TableCursor;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the table in pieces that fit into a buffer: a piece is a chunk, or a part of one that
 * is larger than {@link #MAX_PIECE_BYTES}. The origin's last chunk is clipped here, once for
 * everybody.
 */
public final class PieceCursor {
  /** LVM's largest chunk is 512 KiB; the format's is 1 GiB. */
  static final int MAX_PIECE_BYTES = 4 << 20;

  private final TableCursor table;
  private final ChunkSize chunkSize;
  private final long originBytes;
  private final int pieceBytes;
  private long offsetInChunk;
  private long clippedBytes;

  /**
   * @param origin null if it is not known, and then nothing is clipped
   */
  public PieceCursor(ExceptionStore store, @Nullable BlockDevice origin) {
    this.table = store.entries();
    this.chunkSize = store.chunkSize();
    this.originBytes = origin == null ? Long.MAX_VALUE : origin.sizeBytes();
    this.pieceBytes = pieceBytes(chunkSize);
  }

  /** The size of a piece that is not clipped. */
  static int pieceBytes(ChunkSize chunkSize) {
    return (int) Math.min(MAX_PIECE_BYTES, chunkSize.bytes());
  }

  /**
   * Moves on to the next piece.
   *
   * @return false at the end of the table
   * @throws io.github.dmtools.dmmerge.problem.ProblemException as {@link TableCursor#next}
   */
  boolean next() {
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

  long index() {
    return table.index();
  }

  long oldChunk() {
    return table.oldChunk();
  }

  long newChunk() {
    return table.newChunk();
  }

  long originOffset() {
    return chunkSize.offsetOf(table.oldChunk()) + offsetInChunk;
  }

  long storeOffset() {
    return chunkSize.offsetOf(table.newChunk()) + offsetInChunk;
  }

  /** Bytes of the piece, as far as the origin has them. */
  int bytes() {
    return (int) Math.min(pieceBytes, clippedBytes - offsetInChunk);
  }

  boolean isLast() {
    return offsetInChunk + pieceBytes >= clippedBytes;
  }
}

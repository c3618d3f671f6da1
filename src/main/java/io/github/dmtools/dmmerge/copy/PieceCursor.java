package io.github.dmtools.dmmerge.copy;

/**
 * Iterates over the pieces of a table. A piece is a chunk, or a part of a chunk that is too large
 * for a buffer. The pieces of a chunk are consecutive.
 */
public interface PieceCursor {

  boolean hasNext();

  /**
   * Advances to the next piece.
   *
   * @return false at the end of the table
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code store.changed}, {@code
   *     device.read}
   */
  boolean next();

  /** Index in the table of the piece's exception. */
  long index();

  /** The exception's chunk number in the origin. */
  long oldChunk();

  /** The exception's chunk number in the store. */
  long newChunk();

  /** Byte offset of the piece in its chunk; 0 where a piece is a chunk. */
  default long offsetInChunk() {
    return 0;
  }
}

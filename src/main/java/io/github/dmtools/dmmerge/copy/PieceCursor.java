package io.github.dmtools.dmmerge.copy;

/**
 * Walks over the pieces of a table: a piece is a chunk, or a part of one that does not fit into a
 * buffer. The pieces of a chunk follow one another.
 */
public interface PieceCursor {
  /** Whether there is a next piece. */
  boolean hasNext();

  /**
   * Moves on to the next piece.
   *
   * @return false at the end of the table
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code store.changed}, {@code
   *     device.read}
   */
  boolean next();

  /** Position in the table of the exception that the piece belongs to. */
  long index();

  /** The exception's chunk in the origin. */
  long oldChunk();

  /** The exception's chunk in the store. */
  long newChunk();

  /** Byte offset of the piece in the origin. */
  long originOffset();

  /** Byte offset of the piece in the store. */
  long storeOffset();

  /** Bytes of the piece, as far as the origin has them. */
  int bytes();

  /** Whether the piece is the last one of its exception. */
  boolean isLast();
}

package io.github.dmtools.dmmerge.exceptionstore;

import io.github.dmtools.dmmerge.chunk.ChunkSet;
import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import org.jspecify.annotations.Nullable;

/** The rules for entries of the table. Chunk numbers are unsigned, as on disk. */
final class EntryRules {
  /** The kernel stores chunk numbers in 56 bits (DM_CHUNK_NUMBER_BITS, dm-exception-store.h). */
  private static final int CHUNK_NUMBER_BITS = 56;

  private final String path;
  private final TableLayout layout;
  private final long storeBytes;
  private final long originBytes;
  private final ChunkSet oldChunks = new ChunkSet();
  private final ChunkSet newChunks = new ChunkSet();

  /**
   * @param originBytes size of the origin; {@link Long#MAX_VALUE} if unknown
   */
  EntryRules(String path, TableLayout layout, long storeBytes, long originBytes) {
    this.path = path;
    this.layout = layout;
    this.storeBytes = storeBytes;
    this.originBytes = originBytes;
  }

  /** Checks the entry at byte {@code offset} of the store; null if it breaks no rule. */
  @Nullable Problem violation(long oldChunk, long newChunk, long offset) {
    ChunkSize size = layout.chunkSize();
    if (!layout.isDataChunk(newChunk)) {
      return problem(
          ProblemCode.STORE_NEW_CHUNK, offset, newChunk, "of the store, which holds no data");
    }
    if (newChunk >>> CHUNK_NUMBER_BITS != 0 || !size.fitsInside(newChunk, storeBytes)) {
      return problem(
          ProblemCode.STORE_NEW_CHUNK_BEYOND_END, offset, newChunk, "past the end of the store");
    }
    if (!size.startsInside(oldChunk, originBytes)) {
      return problem(
          ProblemCode.STORE_OLD_CHUNK_BEYOND_END, offset, oldChunk, "past the end of the origin");
    }
    if (!oldChunks.add(oldChunk)) {
      return problem(
          ProblemCode.STORE_OLD_CHUNK_DUPLICATE, offset, oldChunk, "of the origin a second time");
    }
    if (!newChunks.add(newChunk)) {
      return problem(
          ProblemCode.STORE_NEW_CHUNK_DUPLICATE, offset, newChunk, "of the store a second time");
    }
    return null;
  }

  private Problem problem(ProblemCode code, long offset, long chunk, String where) {
    return Problem.at(
        code,
        path,
        offset,
        String.format(
            "the entry at byte %d of %s names chunk %s %s",
            offset, path, Long.toUnsignedString(chunk), where));
  }
}

package io.github.dmtools.dmmerge.preserve;

import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.digest.SectorSums;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Saves chunks of the origin before they are overwritten. A chunk is saved only once, so a run that
 * continues another one never saves data that the other one wrote.
 *
 * <p>After a {@link ProblemException} every method throws it again: nothing may be written without
 * an undo store.
 */
public final class UndoRecorder {
  /** Larger chunks are read in pieces of this size. */
  private static final int PIECE_BYTES = 4 << 20;

  private final UndoWriter store;
  private final BlockDevice origin;
  private final BlockDevice source;
  private final SectorSums sums = new SectorSums();
  private @Nullable ByteBuffer piece;
  private @Nullable Problem failure;

  /**
   * @param origin where chunks larger than a piece are read from
   * @param source the store that is being merged
   */
  public UndoRecorder(UndoWriter store, BlockDevice origin, BlockDevice source) {
    this.store = store;
    this.origin = origin;
    this.source = source;
  }

  /**
   * True if the chunk is saved already, though durable only after {@link #commit}. In a complete
   * store no chunk counts as saved: whatever differs from it was written since by another program.
   */
  public boolean isSaved(long oldChunk) {
    return failure == null && !store.header().complete() && store.contains(oldChunk);
  }

  /**
   * Saves a chunk that is in memory.
   *
   * @param chunk the origin's data, clipped at the end of the origin
   * @param written {@link SectorSums} of the data that will overwrite it
   * @throws ProblemException {@code undo.complete}, {@code device.write} of the undo store
   */
  public void save(long oldChunk, ByteBuffer chunk, ByteBuffer written) {
    rememberingFailure(
        () -> {
          requireIncomplete();
          store.add(oldChunk, chunk, written);
        });
  }

  /**
   * Reads a chunk of any size from the origin and saves it.
   *
   * @param newChunk the store's chunk that will overwrite it
   * @return a read error of the origin or the store, in which case the chunk is not saved; else
   *     null
   * @throws ProblemException {@code undo.complete}, {@code device.write} of the undo store
   */
  public @Nullable Problem saveFromOrigin(long oldChunk, long newChunk) {
    long start = store.chunkSize().offsetOf(oldChunk);
    long sourceStart = store.chunkSize().offsetOf(newChunk);
    long length = store.chunkSize().clippedBytes(oldChunk, origin.sizeBytes());
    rememberingFailure(
        () -> {
          requireIncomplete();
          store.begin(oldChunk);
        });
    for (long done = 0; done < length; done += PIECE_BYTES) {
      int count = (int) Math.min(PIECE_BYTES, length - done);
      ByteBuffer written;
      ByteBuffer next;
      try {
        written = sumsOf(sourceStart + done, count);
        next = read(origin, start + done, count);
      } catch (ProblemException e) {
        return e.problem();
      }
      rememberingFailure(
          () -> {
            store.append(next);
            store.appendSums(written);
          });
    }
    rememberingFailure(store::end);
    return null;
  }

  private ByteBuffer sumsOf(long sourceOffset, int count) {
    ByteBuffer written = AlignedBuffers.allocate(SectorSums.count(count) * SectorSums.SUM_BYTES);
    sums.append(read(source, sourceOffset, count), written);
    return written.flip();
  }

  private ByteBuffer read(BlockDevice device, long offset, int count) {
    ByteBuffer buffer = piece;
    if (buffer == null) {
      buffer = AlignedBuffers.allocate((int) Math.min(PIECE_BYTES, store.chunkSize().bytes()));
      piece = buffer;
    }
    device.read(buffer.clear().limit(count), offset);
    return buffer.flip();
  }

  /**
   * Makes all saved chunks durable.
   *
   * @throws ProblemException {@code device.write}, {@code device.barrier} of the undo store
   */
  public void commit() {
    rememberingFailure(store::commit);
  }

  /**
   * Durably marks the undo store complete: its job has written everything. A store without entries
   * stays open, as there is nothing in it to keep.
   *
   * @throws ProblemException {@code device.write}, {@code device.barrier} of the undo store
   */
  public void complete() {
    rememberingFailure(
        () -> {
          store.commit();
          if (store.entries() > 0 && !store.header().complete()) {
            store.complete();
          }
        });
  }

  private void requireIncomplete() {
    if (store.header().complete()) {
      throw new ProblemException(
          Problem.at(
              ProblemCode.UNDO_COMPLETE,
              store.path(),
              store.path() + " is complete, and the origin has changed since"));
    }
  }

  private void rememberingFailure(Runnable step) {
    if (failure != null) {
      throw new ProblemException(failure);
    }
    try {
      step.run();
    } catch (ProblemException e) {
      failure = e.problem();
      throw e;
    }
  }
}

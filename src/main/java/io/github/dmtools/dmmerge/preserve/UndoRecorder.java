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
 * Saves chunks of the origin before they are overwritten. A chunk is saved once: a run that goes on
 * where another one was stopped never takes what that one wrote for the origin's first bytes.
 *
 * <p>Every method that throws a {@link ProblemException} throws it again from then on: without its
 * undo store nothing more may be written.
 */
public final class UndoRecorder {
  /** Larger chunks are read in pieces of this size. */
  private static final int PIECE_BYTES = 4 << 20;

  private final UndoWriter store;
  private final BlockDevice origin;
  private final BlockDevice source;
  private final SectorSums sums = new SectorSums();
  private @Nullable ByteBuffer piece;
  private @Nullable Problem broken;
  private long chunks;
  private long bytes;

  /**
   * @param origin where chunks are read that do not fit into memory
   * @param source the store that is being merged
   */
  public UndoRecorder(UndoWriter store, BlockDevice origin, BlockDevice source) {
    this.store = store;
    this.origin = origin;
    this.source = source;
  }

  /**
   * Whether the chunk needs no saving; its bytes are durable only after {@link #commit}. In a
   * complete store nothing counts as saved: what differs by now is what somebody else wrote since.
   */
  public boolean isSaved(long oldChunk) {
    return broken == null && !store.header().complete() && store.contains(oldChunk);
  }

  /**
   * Saves a chunk whose bytes are at hand.
   *
   * @param chunk all that the origin has of it, unmodified
   * @param written {@link SectorSums} of what is going to be written over it
   * @throws ProblemException {@code undo.complete}, {@code device.write} of the undo store
   */
  public void save(long oldChunk, ByteBuffer chunk, ByteBuffer written) {
    long length = chunk.remaining();
    guarded(
        () -> {
          requireIncomplete();
          store.add(oldChunk, chunk, written);
        });
    count(length);
  }

  /**
   * Saves a chunk of any size from the origin, before any byte of it is overwritten.
   *
   * @param newChunk of the store that is being merged: what is going to be written over it
   * @return why the origin or the store could not be read, and then the chunk is not saved; null if
   *     it is
   * @throws ProblemException {@code undo.complete}, {@code device.write} of the undo store
   */
  public @Nullable Problem saveFromOrigin(long oldChunk, long newChunk) {
    long start = store.chunkSize().offsetOf(oldChunk);
    long sourceStart = store.chunkSize().offsetOf(newChunk);
    long length = store.chunkSize().clippedBytes(oldChunk, origin.sizeBytes());
    guarded(
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
      guarded(
          () -> {
            store.append(next);
            store.appendSums(written);
          });
    }
    guarded(store::end);
    count(length);
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
   * Returns when every chunk that was saved is durable.
   *
   * @throws ProblemException {@code device.write}, {@code device.barrier} of the undo store
   */
  public void commit() {
    guarded(store::commit);
  }

  /**
   * Marks the undo store complete, durable: everything that the run had to write is written. One
   * without entries stays open, as there is nothing in it to keep.
   *
   * @throws ProblemException {@code device.write}, {@code device.barrier} of the undo store
   */
  public void complete() {
    guarded(
        () -> {
          store.commit();
          if (store.entries() > 0 && !store.header().complete()) {
            store.complete();
          }
        });
  }

  /** Chunks that this run saved. */
  public long savedChunks() {
    return chunks;
  }

  /** Bytes of the origin that this run saved. */
  public long savedBytes() {
    return bytes;
  }

  private void count(long length) {
    chunks++;
    bytes += length;
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

  private void guarded(Runnable step) {
    if (broken != null) {
      throw new ProblemException(broken);
    }
    try {
      step.run();
    } catch (ProblemException e) {
      broken = e.problem();
      throw e;
    }
  }
}

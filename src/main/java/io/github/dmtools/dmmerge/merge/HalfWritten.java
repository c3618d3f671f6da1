package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.apply.UndoJournal;
import io.github.dmtools.dmmerge.approval.TornChunks;
import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.TableCursor;
import io.github.dmtools.dmmerge.plan.PlannedException;
import io.github.dmtools.dmmerge.plan.Sha256;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells by the undo store of a run that was killed which chunks it was writing: each of their
 * sectors holds what the undo store has or what the store has, and what the undo store has is what
 * the plan saw.
 *
 * @param undo where the killed run saved them
 * @param store what was being merged
 */
record HalfWritten(ExceptionStore undo, ExceptionStore store, BlockDevice origin)
    implements TornChunks, UndoJournal.SavedBefore {
  private static final int PIECE_BYTES = 1 << 20;

  @Override
  public Map<Long, String> among(List<PlannedException> chunks) {
    Map<Long, PlannedException> byChunk = new HashMap<>();
    for (PlannedException chunk : chunks) {
      byChunk.put(chunk.oldChunk(), chunk);
    }
    Map<Long, String> ours = new HashMap<>();
    TableCursor saved = undo.entries();
    while (saved.next() && ours.size() < byChunk.size()) {
      PlannedException chunk = byChunk.get(saved.oldChunk());
      String sha256 = chunk == null ? null : savedSha256(chunk, saved.newChunk());
      if (sha256 != null) {
        ours.put(saved.oldChunk(), sha256);
      }
    }
    return ours;
  }

  @Override
  public void requireUntouched(List<PlannedException> chunks) {
    Map<Long, String> ours = among(chunks);
    for (PlannedException chunk : chunks) {
      if (!ours.containsKey(chunk.oldChunk())) {
        long offset = store.chunkSize().offsetOf(chunk.oldChunk());
        throw new ProblemException(
            Problem.at(
                ProblemCode.UNDO_STALE,
                origin.path(),
                offset,
                String.format(
                    "chunk %d (at byte %d) of %s holds neither what %s saved of it nor what %s has",
                    chunk.oldChunk(),
                    offset,
                    origin.path(),
                    undo.device().path(),
                    store.device().path())));
      }
    }
  }

  /** Of what was saved; null if the origin holds anything but that and what the store has. */
  private @Nullable String savedSha256(PlannedException chunk, long savedIn) {
    ChunkSize size = store.chunkSize();
    long bytes = chunk.bytes();
    int most = (int) Math.min(PIECE_BYTES, size.bytes());
    ByteBuffer saved = AlignedBuffers.allocate(most);
    ByteBuffer wanted = AlignedBuffers.allocate(most);
    ByteBuffer found = AlignedBuffers.allocate(most);
    Sha256.Stream seen = new Sha256.Stream();
    for (long done = 0; done < bytes; done += most) {
      int count = (int) Math.min(most, bytes - done);
      read(undo.device(), saved, size.offsetOf(savedIn) + done, count);
      read(store.device(), wanted, size.offsetOf(chunk.newChunk()) + done, count);
      read(origin, found, size.offsetOf(chunk.oldChunk()) + done, count);
      seen.update(saved);
      if (!isMix(found, saved, wanted)) {
        return null;
      }
    }
    return seen.hex();
  }

  private static void read(BlockDevice device, ByteBuffer target, long offset, int count) {
    device.read(target.clear().limit(count), offset);
    target.flip();
  }

  private static boolean isMix(ByteBuffer found, ByteBuffer saved, ByteBuffer wanted) {
    for (int at = 0; at < found.limit(); at += ChunkSize.SECTOR_BYTES) {
      int count = Math.min(ChunkSize.SECTOR_BYTES, found.limit() - at);
      ByteBuffer sector = found.slice(at, count);
      if (!sector.equals(saved.slice(at, count)) && !sector.equals(wanted.slice(at, count))) {
        return false;
      }
    }
    return true;
  }
}

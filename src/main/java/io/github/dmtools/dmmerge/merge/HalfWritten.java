package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.apply.UndoJournal;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
  public Set<Long> among(List<Suspect> suspects) {
    Map<Long, Suspect> byChunk = new HashMap<>();
    for (Suspect suspect : suspects) {
      byChunk.put(suspect.now().oldChunk(), suspect);
    }
    Set<Long> ours = new HashSet<>();
    TableCursor saved = undo.entries();
    while (saved.next() && ours.size() < byChunk.size()) {
      Suspect suspect = byChunk.get(saved.oldChunk());
      if (suspect != null && isOurs(suspect, saved.newChunk())) {
        ours.add(saved.oldChunk());
      }
    }
    return ours;
  }

  @Override
  public void requireUntouched(List<PlannedException> chunks) {
    Set<Long> ours =
        among(chunks.stream().map(chunk -> new TornChunks.Suspect(chunk, null)).toList());
    for (PlannedException chunk : chunks) {
      if (!ours.contains(chunk.oldChunk())) {
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

  private boolean isOurs(Suspect suspect, long savedIn) {
    ChunkSize size = store.chunkSize();
    long bytes = suspect.now().bytes();
    int most = (int) Math.min(PIECE_BYTES, size.bytes());
    ByteBuffer saved = AlignedBuffers.allocate(most);
    ByteBuffer wanted = AlignedBuffers.allocate(most);
    ByteBuffer found = AlignedBuffers.allocate(most);
    Sha256.Stream seen = new Sha256.Stream();
    for (long done = 0; done < bytes; done += most) {
      int count = (int) Math.min(most, bytes - done);
      read(undo.device(), saved, size.offsetOf(savedIn) + done, count);
      read(store.device(), wanted, size.offsetOf(suspect.now().newChunk()) + done, count);
      read(origin, found, size.offsetOf(suspect.now().oldChunk()) + done, count);
      seen.update(saved);
      if (!isMix(found, saved, wanted)) {
        return false;
      }
    }
    return suspect.seenSha256() == null || seen.hex().equals(suspect.seenSha256());
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

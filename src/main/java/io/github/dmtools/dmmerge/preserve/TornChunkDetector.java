package io.github.dmtools.dmmerge.preserve;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.digest.Sha256;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.TableCursor;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells by the undo store of a run that was killed which chunks it was writing: each of their
 * sectors holds what the undo store has or what the store has, and what the undo store has is what
 * the plan saw.
 *
 * @param undo where the killed run saved them
 * @param store what was being merged
 */
public record TornChunkDetector(ExceptionStore undo, ExceptionStore store, BlockDevice origin)
    implements UndoJournal.SavedBefore {
  private static final int PIECE_BYTES = 1 << 20;

  /** What a chunk of the origin is. */
  private enum Finding {
    /** Each sector is what was saved or what the store has. */
    OURS,
    /** Somebody else wrote to it. */
    FOREIGN,
    /** The store has other bytes for it than when it was saved. */
    STORE_CHANGED
  }

  /**
   * What a chunk of the origin is.
   *
   * @param savedSha256 of what was saved of it, in hexadecimal; empty for one that is foreign
   */
  private record Judgement(Finding finding, String savedSha256) {
    static final Judgement FOREIGN = new Judgement(Finding.FOREIGN, "");
  }

  /** Room for a piece of a chunk: what was saved of it, what the store has, what the origin has. */
  private record Buffers(ByteBuffer saved, ByteBuffer wanted, ByteBuffer found) {
    static Buffers of(int bytes) {
      return new Buffers(
          AlignedBuffers.allocate(bytes),
          AlignedBuffers.allocate(bytes),
          AlignedBuffers.allocate(bytes));
    }
  }

  /**
   * The SHA-256, in hexadecimal, of what was saved of each of these chunks, by its old_chunk. A
   * chunk is missing if nothing was saved of it, or if one of its sectors now holds neither what
   * was saved nor what the store has.
   */
  public Map<Long, String> savedSha256(List<PlannedChunk> chunks) {
    Map<Long, String> ours = new HashMap<>();
    for (Map.Entry<Long, Judgement> judged : judge(chunks).entrySet()) {
      if (judged.getValue().finding() == Finding.OURS) {
        ours.put(judged.getKey(), judged.getValue().savedSha256());
      }
    }
    return ours;
  }

  /** The judgements by old_chunk; none for what was not saved. */
  private Map<Long, Judgement> judge(List<PlannedChunk> chunks) {
    Map<Long, PlannedChunk> byChunk = new HashMap<>();
    for (PlannedChunk chunk : chunks) {
      byChunk.put(chunk.oldChunk(), chunk);
    }
    Map<Long, Judgement> judgements = new HashMap<>();
    WrittenSums sums = new WrittenSums(undo.device(), undo.chunkSize());
    Buffers buffers = Buffers.of((int) Math.min(PIECE_BYTES, store.chunkSize().bytes()));
    TableCursor saved = undo.entries();
    while (saved.next() && judgements.size() < byChunk.size()) {
      PlannedChunk chunk = byChunk.get(saved.oldChunk());
      if (chunk != null) {
        judgements.put(saved.oldChunk(), judge(chunk, saved, sums, buffers));
      }
    }
    return judgements;
  }

  @Override
  public void requireUntouched(List<PlannedChunk> chunks) {
    Map<Long, Judgement> judgements = judge(chunks);
    for (PlannedChunk chunk : chunks) {
      Judgement judgement = judgements.getOrDefault(chunk.oldChunk(), Judgement.FOREIGN);
      Finding finding = judgement.finding();
      if (finding != Finding.OURS) {
        throw new ProblemException(
            finding == Finding.FOREIGN ? stale(chunk.oldChunk()) : storeChanged(chunk));
      }
    }
  }

  private Problem stale(long chunk) {
    long offset = store.chunkSize().offsetOf(chunk);
    return Problem.at(
        ProblemCode.UNDO_STALE,
        origin.path(),
        offset,
        String.format(
            "chunk %d (at byte %d) of %s holds neither what %s saved of it nor what %s has",
            chunk, offset, origin.path(), undo.device().path(), store.device().path()));
  }

  private Problem storeChanged(PlannedChunk chunk) {
    return Problem.at(
        ProblemCode.UNDO_OTHER_JOB,
        undo.device().path(),
        store.chunkSize().offsetOf(chunk.oldChunk()),
        String.format(
            "%s has other data for chunk %d than when %s was begun",
            store.device().path(), chunk.oldChunk(), undo.device().path()));
  }

  private Judgement judge(
      PlannedChunk chunk, TableCursor entry, WrittenSums sums, Buffers buffers) {
    ChunkSize size = store.chunkSize();
    long bytes = chunk.bytes();
    int most = (int) Math.min(PIECE_BYTES, size.bytes());
    ByteBuffer saved = buffers.saved();
    ByteBuffer wanted = buffers.wanted();
    ByteBuffer found = buffers.found();
    Sha256.Stream seen = new Sha256.Stream();
    boolean storeChanged = false;
    for (long done = 0; done < bytes; done += most) {
      int count = (int) Math.min(most, bytes - done);
      read(undo.device(), saved, size.offsetOf(entry.newChunk()) + done, count);
      read(store.device(), wanted, size.offsetOf(chunk.newChunk()) + done, count);
      read(origin, found, size.offsetOf(chunk.oldChunk()) + done, count);
      seen.update(saved);
      if (!isMix(found, saved, wanted)) {
        return Judgement.FOREIGN;
      }
      storeChanged |= !areSumsOf(wanted, entry.index(), done, sums);
    }
    return new Judgement(storeChanged ? Finding.STORE_CHANGED : Finding.OURS, seen.hex());
  }

  private static boolean areSumsOf(ByteBuffer wanted, long index, long offset, WrittenSums sums) {
    for (int at = 0; at < wanted.limit(); at += ChunkSize.SECTOR_BYTES) {
      int count = Math.min(ChunkSize.SECTOR_BYTES, wanted.limit() - at);
      if (!sums.matches(index, offset + at, wanted.slice(at, count))) {
        return false;
      }
    }
    return true;
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

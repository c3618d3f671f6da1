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
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Detects chunks that a killed run left half written: each of their sectors holds the saved data or
 * the store's data.
 *
 * @param undo the killed run's undo store
 * @param store the store that was being merged
 */
public record TornChunkDetector(ExceptionStore undo, ExceptionStore store, BlockDevice origin)
    implements UndoJournal.SavedBefore {
  private static final int PIECE_BYTES = 1 << 20;

  private enum Finding {
    /** Each sector holds the saved data or the store's data. */
    OURS,
    /** Another program wrote to the chunk. */
    FOREIGN,
    /** The store's data changed since the chunk was saved. */
    STORE_CHANGED
  }

  /**
   * The state of a chunk in the origin.
   *
   * @param savedSha256 digest of the saved data in hexadecimal; empty for a foreign chunk
   */
  private record Judgement(Finding finding, String savedSha256) {
    static final Judgement FOREIGN = new Judgement(Finding.FOREIGN, "");
  }

  /**
   * For a piece of a chunk: from the undo store, from the store, and from the origin; and for the
   * digest of a chunk.
   */
  private record Buffers(
      ByteBuffer saved, ByteBuffer stored, ByteBuffer found, MessageDigest digest) {
    static Buffers of(int bytes) {
      return new Buffers(
          AlignedBuffers.allocate(bytes),
          AlignedBuffers.allocate(bytes),
          AlignedBuffers.allocate(bytes),
          Sha256.create());
    }
  }

  /**
   * Maps the old_chunk of each of these chunks to the SHA-256 of its saved data, in hexadecimal. A
   * chunk is missing if it was not saved, or if one of its sectors holds neither the saved data nor
   * the store's data.
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

  /** Returns the judgements by old_chunk, only for chunks that were saved. */
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
            "chunk %d (at byte %d) of %s holds neither the data saved in %s nor the data of %s",
            chunk, offset, origin.path(), undo.device().path(), store.device().path()));
  }

  private Problem storeChanged(PlannedChunk chunk) {
    return Problem.at(
        ProblemCode.UNDO_OTHER_JOB,
        undo.device().path(),
        store.chunkSize().offsetOf(chunk.oldChunk()),
        String.format(
            "the data of %s for chunk %d changed since %s was started",
            store.device().path(), chunk.oldChunk(), undo.device().path()));
  }

  private Judgement judge(
      PlannedChunk chunk, TableCursor entry, WrittenSums sums, Buffers buffers) {
    ChunkSize size = store.chunkSize();
    long bytes = chunk.bytes();
    int most = (int) Math.min(PIECE_BYTES, size.bytes());
    ByteBuffer saved = buffers.saved();
    ByteBuffer stored = buffers.stored();
    ByteBuffer found = buffers.found();
    MessageDigest seen = buffers.digest();
    seen.reset(); // a foreign chunk leaves it incomplete
    boolean storeChanged = false;
    for (long done = 0; done < bytes; done += most) {
      int count = (int) Math.min(most, bytes - done);
      read(undo.device(), saved, size.offsetOf(entry.newChunk()) + done, count);
      read(store.device(), stored, size.offsetOf(chunk.newChunk()) + done, count);
      read(origin, found, size.offsetOf(chunk.oldChunk()) + done, count);
      seen.update(saved.duplicate());
      if (!isMix(found, saved, stored)) {
        return Judgement.FOREIGN;
      }
      storeChanged |= !matchesSums(stored, entry.index(), done, sums);
    }
    return new Judgement(
        storeChanged ? Finding.STORE_CHANGED : Finding.OURS, Sha256.hex(seen.digest()));
  }

  private static boolean matchesSums(ByteBuffer stored, long index, long offset, WrittenSums sums) {
    for (int at = 0; at < stored.limit(); at += ChunkSize.SECTOR_BYTES) {
      int count = Math.min(ChunkSize.SECTOR_BYTES, stored.limit() - at);
      if (!sums.matches(index, offset + at, stored.slice(at, count))) {
        return false;
      }
    }
    return true;
  }

  private static void read(BlockDevice device, ByteBuffer target, long offset, int count) {
    device.read(target.clear().limit(count), offset);
    target.flip();
  }

  private static boolean isMix(ByteBuffer found, ByteBuffer saved, ByteBuffer stored) {
    for (int at = 0; at < found.limit(); at += ChunkSize.SECTOR_BYTES) {
      int count = Math.min(ChunkSize.SECTOR_BYTES, found.limit() - at);
      ByteBuffer sector = found.slice(at, count);
      if (!sector.equals(saved.slice(at, count)) && !sector.equals(stored.slice(at, count))) {
        return false;
      }
    }
    return true;
  }
}

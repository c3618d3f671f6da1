package io.github.dmtools.dmmerge.preserve;

import io.github.dmtools.dmmerge.apply.ComparedWindow;
import io.github.dmtools.dmmerge.apply.FailedRange;
import io.github.dmtools.dmmerge.apply.RunJournal;
import io.github.dmtools.dmmerge.chunk.ChunkSet;
import io.github.dmtools.dmmerge.copy.Window;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import io.github.dmtools.dmmerge.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Saves the chunks that a window will overwrite. Opens the undo store when the first chunk must be
 * saved.
 */
public final class UndoJournal implements RunJournal {
  /** Checks chunks that an earlier run saved. */
  @FunctionalInterface
  public interface SavedBefore {
    /**
     * Compares chunks of the origin with their saved data.
     *
     * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code undo.stale} if a chunk
     *     holds anything but the saved data or the store's data
     */
    void requireUntouched(List<PlannedChunk> chunks);
  }

  private final Supplier<UndoRecorder> opener;
  private final SavedBefore savedBefore;
  private final Runnable requireInPlace;
  private final ChunkSet savedNow = new ChunkSet();
  private @Nullable UndoRecorder recorder;

  /**
   * @param opener creates or continues the undo store; called at most once
   * @param savedBefore called once for each chunk that an earlier run saved
   * @param requireInPlace throws {@code undo.moved} if the undo store is no longer at the job's
   *     path; called after a window is saved and before it is written
   */
  public UndoJournal(
      Supplier<UndoRecorder> opener, SavedBefore savedBefore, Runnable requireInPlace) {
    this.opener = opener;
    this.savedBefore = savedBefore;
    this.requireInPlace = requireInPlace;
  }

  @Override
  public boolean needsExtents() {
    return false;
  }

  @Override
  public boolean needsSums() {
    return true;
  }

  @Override
  public void beforeWrite(ComparedWindow next) {
    UndoRecorder undo = recorder();
    Window window = next.window();
    List<PlannedChunk> before = new ArrayList<>();
    for (int position = 0; position < window.size(); position++) {
      int slot = window.slotAt(position);
      long chunk = window.oldChunk(slot);
      if (!window.isPending(slot)) {
        continue;
      }
      if (!undo.isSaved(chunk)) {
        save(undo, next, slot);
        savedNow.add(chunk);
      } else if (savedNow.add(chunk)) {
        before.add(
            new PlannedChunk(
                window.index(slot),
                chunk,
                window.newChunk(slot),
                window.chunkBytes(slot),
                null,
                null,
                null));
      }
    }
    if (!before.isEmpty()) {
      savedBefore.requireUntouched(before);
    }
    undo.commit();
    requireInPlace.run();
  }

  private UndoRecorder recorder() {
    UndoRecorder undo = recorder;
    if (undo == null) {
      undo = opener.get();
      recorder = undo;
    }
    return undo;
  }

  private static void save(UndoRecorder undo, ComparedWindow next, int slot) {
    Window window = next.window();
    if (window.hasWholeChunks()) {
      undo.save(window.oldChunk(slot), window.originBytes(slot), next.sums(slot));
      return;
    }
    Problem unread = undo.saveFromOrigin(window.oldChunk(slot), window.newChunk(slot));
    if (unread != null) {
      window.fail(slot, unread);
    }
  }

  @Override
  public void afterWrite(ComparedWindow next, List<FailedRange> failures) {
    // Saved chunks stay even if a write failed.
  }

  @Override
  public void afterBarrier(@Nullable Problem failed) {
    // Saved chunks are durable already.
  }
}

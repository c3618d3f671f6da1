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
 * Saves what a window is going to overwrite. The undo store is made when there is something to
 * save.
 */
public final class UndoJournal implements RunJournal {
  /** Knows whether chunks that an earlier run saved are still that run's business. */
  @FunctionalInterface
  public interface SavedBefore {
    /**
     * Compares chunks of the origin with what was saved of them.
     *
     * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code undo.stale} if one holds
     *     anything but what was saved or what the store has
     */
    void requireUntouched(List<PlannedChunk> chunks);
  }

  private final Supplier<UndoRecorder> opener;
  private final SavedBefore savedBefore;
  private final Runnable requireInPlace;
  private final ChunkSet savedNow = new ChunkSet();
  private @Nullable UndoRecorder recorder;

  /**
   * @param opener makes or continues the undo store; called once at most
   * @param savedBefore is asked about chunks that need no saving, once for each
   * @param requireInPlace throws {@code undo.moved} if the undo store is no longer where it was
   *     named; run after everything of a window was saved, before it is written
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
    // What was saved stays, whatever became of the write.
  }

  @Override
  public void afterBarrier(@Nullable Problem failed) {
    // What was saved was durable before.
  }
}

package io.github.dmtools.dmmerge.apply;

import io.github.dmtools.dmmerge.plan.Window;
import io.github.dmtools.dmmerge.problem.Problem;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Saves what a batch is going to overwrite. The undo store is made when there is something to save.
 */
public final class UndoJournal implements BatchJournal {
  private final Supplier<UndoRecorder> opener;
  private @Nullable UndoRecorder recorder;

  /**
   * @param opener makes or continues the undo store; called once at most
   */
  public UndoJournal(Supplier<UndoRecorder> opener) {
    this.opener = opener;
  }

  @Override
  public void before(Batch batch) {
    UndoRecorder undo = recorder();
    Window window = batch.window();
    for (int place = 0; place < window.size(); place++) {
      int slot = window.slotAt(place);
      if (batch.isPending(slot) && !undo.isSaved(window.oldChunk(slot))) {
        save(undo, batch, slot);
      }
    }
    undo.commit();
  }

  private UndoRecorder recorder() {
    UndoRecorder undo = recorder;
    if (undo == null) {
      undo = opener.get();
      recorder = undo;
    }
    return undo;
  }

  private static void save(UndoRecorder undo, Batch batch, int slot) {
    Window window = batch.window();
    if (window.hasWholeChunks()) {
      undo.save(window.oldChunk(slot), window.originBytes(slot));
      return;
    }
    Problem unread = undo.saveFromOrigin(window.oldChunk(slot));
    if (unread != null) {
      batch.fail(slot, unread);
    }
  }

  @Override
  public void after(Batch batch, List<FailedRange> failures, @Nullable Problem barrier) {
    // What was saved stays, whatever became of the write.
  }
}

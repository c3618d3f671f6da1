package io.github.dmtools.dmmerge.apply;

import io.github.dmtools.dmmerge.plan.Window;
import io.github.dmtools.dmmerge.problem.Problem;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Saves what a portion is going to overwrite. The undo store is made when there is something to
 * save.
 */
public final class UndoJournal implements RunJournal {
  private final Supplier<UndoRecorder> opener;
  private @Nullable UndoRecorder recorder;

  /**
   * @param opener makes or continues the undo store; called once at most
   */
  public UndoJournal(Supplier<UndoRecorder> opener) {
    this.opener = opener;
  }

  @Override
  public void before(Portion portion) {
    UndoRecorder undo = recorder();
    Window window = portion.window();
    for (int place = 0; place < window.size(); place++) {
      int slot = window.slotAt(place);
      if (portion.isPending(slot) && !undo.isSaved(window.oldChunk(slot))) {
        save(undo, portion, slot);
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

  private static void save(UndoRecorder undo, Portion portion, int slot) {
    Window window = portion.window();
    if (window.hasWholeChunks()) {
      undo.save(window.oldChunk(slot), window.originBytes(slot));
      return;
    }
    Problem unread = undo.saveFromOrigin(window.oldChunk(slot));
    if (unread != null) {
      portion.fail(slot, unread);
    }
  }

  @Override
  public void after(Portion portion, List<FailedRange> failures) {
    // What was saved stays, whatever became of the write.
  }

  @Override
  public void barrier(@Nullable Problem failed) {
    // What was saved was durable before.
  }
}

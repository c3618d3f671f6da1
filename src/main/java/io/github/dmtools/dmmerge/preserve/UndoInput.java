package io.github.dmtools.dmmerge.preserve;

import io.github.dmtools.dmmerge.copy.Progress;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.TableCursor;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks an undo store that is the input of a job. It may overwrite only what its run wrote, not
 * what others wrote since.
 */
public final class UndoInput {
  private UndoInput() {}

  /**
   * Returns why the undo store must not be applied. Accepts any other store. Reads both devices
   * once, if the store is an undo store.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.read}, {@code
   *     store.changed}, {@code run.interrupted}
   */
  public static Optional<Problem> check(
      ExceptionStore store, BlockDevice origin, Supplier<Progress> progress, CancelSignal cancel) {
    UndoHeader header = UndoHeader.read(store.device()).orElse(null);
    if (header == null) {
      return UndoHeader.isPresent(store.device())
          ? Optional.of(notOurs(store, "has a header that is damaged or of a later version"))
          : Optional.empty();
    }
    WrittenSums sums =
        header.run() == null ? null : new WrittenSums(store.device(), store.chunkSize());
    if (sums != null && !isInOrder(store, sums)) {
      return Optional.of(notOurs(store, "has entries that dm-merge did not write"));
    }
    ForeignChunks found = ForeignChunks.find(store, origin, sums, progress.get(), cancel);
    return found.count() == 0 ? Optional.empty() : Optional.of(foreign(store, origin, sums, found));
  }

  private static boolean isInOrder(ExceptionStore store, WrittenSums sums) {
    TableCursor entry = store.entries();
    while (entry.next()) {
      if (!sums.isInPlace(entry.index(), entry.newChunk())) {
        return false;
      }
    }
    return true;
  }

  private static Problem notOurs(ExceptionStore store, String what) {
    String path = store.device().path();
    return Problem.at(
        ProblemCode.UNDO_NOT_OURS,
        path,
        path
            + " "
            + what
            + ": it is unknown what was written over the saved chunks; \"overwrite_foreign\": true"
            + " applies it anyway");
  }

  private static Problem foreign(
      ExceptionStore store, BlockDevice origin, @Nullable WrittenSums sums, ForeignChunks found) {
    String undo = store.device().path();
    long offset = store.chunkSize().offsetOf(found.firstChunk());
    String what =
        sums == null
            ? "%s differs from the data saved in %s in %d chunks, the first of them chunk %d (at byte %d),"
                + " and that file is from an older version, which did not record what was written;"
                + " \"overwrite_foreign\": true applies it anyway"
            : "%s was written to since %s was made: %d of the saved chunks, the first of them chunk %d"
                + " (at byte %d)";
    return Problem.at(
        ProblemCode.UNDO_FOREIGN,
        origin.path(),
        offset,
        String.format(what, origin.path(), undo, found.count(), found.firstChunk(), offset));
  }
}

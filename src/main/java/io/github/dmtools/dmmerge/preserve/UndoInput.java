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
 * An undo store that is the input of a job: it may overwrite what its run wrote, and nothing that
 * others wrote since. Any other store may be merged as it is.
 */
public final class UndoInput {
  private UndoInput() {}

  /**
   * Why undoing would overwrite what it should not. Reads both sides once, if the store is an undo
   * store.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.read}, {@code
   *     store.changed}, {@code run.interrupted}
   */
  public static Optional<Problem> check(
      ExceptionStore store, BlockDevice origin, Supplier<Progress> progress, CancelSignal cancel) {
    UndoHeader header = UndoHeader.read(store.device()).orElse(null);
    if (header == null) {
      return UndoHeader.isIn(store.device())
          ? Optional.of(notOurs(store, "has a header that is damaged or of a later version"))
          : Optional.empty();
    }
    WrittenSums sums =
        header.run() == null ? null : new WrittenSums(store.device(), store.chunkSize());
    if (sums != null && !isInOrder(store, sums)) {
      return Optional.of(notOurs(store, "has entries that dm-merge did not make"));
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
            + ": what was written over the saved chunks is not known; \"overwrite_foreign\": true"
            + " applies it all the same");
  }

  private static Problem foreign(
      ExceptionStore store, BlockDevice origin, @Nullable WrittenSums sums, ForeignChunks found) {
    String undo = store.device().path();
    long offset = store.chunkSize().offsetOf(found.firstChunk());
    String what =
        sums == null
            ? "%s differs from what %s saved in %d chunks, the first of them chunk %d (at byte %d), and"
                + " that file is of an older version, which did not record what was written;"
                + " \"overwrite_foreign\": true applies it all the same"
            : "%s was written to since %s was made: %d of the saved chunks, the first of them chunk %d"
                + " (at byte %d)";
    return Problem.at(
        ProblemCode.UNDO_FOREIGN,
        origin.path(),
        offset,
        String.format(what, origin.path(), undo, found.count(), found.firstChunk(), offset));
  }
}

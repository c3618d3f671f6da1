package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.preserve.UndoFile;
import io.github.dmtools.dmmerge.preserve.UndoInput;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.List;
import java.util.Optional;

/** Decides whether an undo store may be applied. Accepts any other store without reading it. */
final class UndoInputGuard {
  private static final List<ProblemCode> REFUSALS =
      List.of(ProblemCode.UNDO_OTHER_ORIGIN, ProblemCode.UNDO_FOREIGN, ProblemCode.UNDO_NOT_OURS);

  private final JobSession session;
  private final ExceptionStore store;

  UndoInputGuard(JobSession session, ExceptionStore store) {
    this.session = session;
    this.store = store;
  }

  /**
   * Requires that the undo store was made for this origin.
   *
   * @throws ProblemException {@code undo.other_origin}
   */
  void requireItsOrigin() {
    UndoFile.requireItsOrigin(session.run().devices(), store, session.origin().device());
  }

  /**
   * Requires that no other program wrote to the saved chunks since. Only warns if the job has
   * {@code overwrite_foreign}.
   *
   * @throws ProblemException {@code undo.foreign}, {@code undo.not_ours}, {@code device.read},
   *     {@code run.interrupted}
   */
  void requireNothingForeign() {
    Run run = session.run();
    Optional<Problem> problem =
        UndoInput.check(
            store, session.originReader(), () -> run.begin("checking", store), run.cancel());
    if (!run.job().overwriteForeign()) {
      Run.refuse(problem);
    }
    problem.ifPresent(run::warn);
  }

  /**
   * Warns of everything that forbids applying the undo store.
   *
   * @param readData whether to read the data of both devices
   * @throws ProblemException {@code device.read}, {@code run.interrupted}
   */
  void warn(boolean readData) {
    try {
      requireItsOrigin();
      if (readData) {
        requireNothingForeign();
      }
    } catch (ProblemException e) {
      if (!REFUSALS.contains(e.problem().code())) {
        throw e;
      }
      session.run().warn(e.problem());
    }
  }
}

package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.preserve.UndoFile;
import io.github.dmtools.dmmerge.preserve.UndoInput;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.List;
import java.util.Optional;

/** What forbids to apply an undo store. Any other store passes, unread. */
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
   * Refuses to undo into another origin than the one that the undo store was made for.
   *
   * @throws ProblemException {@code undo.other_origin}
   */
  void requireItsOrigin() {
    UndoFile.requireItsOrigin(session.run().devices(), store, session.origin().device());
  }

  /**
   * Refuses to undo what others wrote since, unless the job allows that: then it is a warning.
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
   * Warns of what would stop the undo store from being applied.
   *
   * @param readData whether the data of both sides may be read
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

package io.github.dmtools.dmmerge.problem;

/** Whether somebody asked the run to stop. Polled where a stop leaves nothing half done. */
@FunctionalInterface
public interface CancelSignal {
  /** A run that nobody can stop. */
  CancelSignal NEVER = () -> false;

  boolean isRaised();

  /**
   * Stops a run that has written nothing.
   *
   * @throws ProblemException {@code run.interrupted}
   */
  default void throwIfRaised() {
    if (isRaised()) {
      throw new ProblemException(
          Problem.of(ProblemCode.RUN_INTERRUPTED, "interrupted by a signal, nothing was written"));
    }
  }
}

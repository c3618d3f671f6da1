package io.github.dmtools.dmmerge.problem;

/** Whether the run is to stop. Polled where a stop leaves nothing half done. */
@FunctionalInterface
public interface CancelSignal {
  /** A run that nobody can stop. */
  CancelSignal NEVER = () -> false;

  boolean isRaised();

  /** Why a run that has begun to write stops, once it is raised. */
  default Problem reason() {
    return Problem.of(
        ProblemCode.RUN_INTERRUPTED,
        "interrupted by a signal; what the report calls written is durable");
  }

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

package io.github.dmtools.dmmerge.problem;

/** Requests a run to stop. Polled at points where it can stop safely. */
@FunctionalInterface
public interface CancelSignal {
  /** Never raised. */
  CancelSignal NEVER = () -> false;

  /** True if the run is to stop. */
  boolean isRaised();

  /** The problem of a run that was stopped after its first write. */
  default Problem reason() {
    return Problem.of(
        ProblemCode.RUN_INTERRUPTED,
        "interrupted by a signal; everything that the report counts as written is durable");
  }

  /**
   * Stops a run before its first write.
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

package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.copy.Progress;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.Devices;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** A run of a job, with its context and warnings. */
record Run(Job job, Context context, Warnings warnings) {
  /**
   * The context of a run.
   *
   * @param documents paths of the files that the run will write, besides those of the job
   */
  record Context(
      Devices devices,
      Clock clock,
      RunListener listener,
      CancelSignal cancel,
      List<String> documents,
      RunEnvironment environment) {}

  static Run of(Job job, Context context) {
    return new Run(job, context, new Warnings(context.listener()));
  }

  Devices devices() {
    return context.devices();
  }

  RunEnvironment environment() {
    return context.environment();
  }

  CancelSignal cancel() {
    return context.cancel();
  }

  /** Opens a device of the job for reading. */
  BlockDevice open(String path) {
    return devices().openForReading(path, job.direct(), warnings);
  }

  /** Reports the start of a pass over a store's data. */
  Progress begin(String what, ExceptionStore store) {
    return context.listener().begin(what, store.bytes());
  }

  void warn(Problem problem) {
    warnings.warn(problem.asWarning());
  }

  static void refuse(Optional<Problem> problem) {
    if (problem.isPresent()) {
      throw new ProblemException(problem.get());
    }
  }
}

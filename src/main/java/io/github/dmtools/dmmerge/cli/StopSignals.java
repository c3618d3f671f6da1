package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.problem.CancelSignal;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Stops the run on SIGINT, SIGTERM and SIGHUP, for which Java runs its shutdown hooks. A run that
 * may have changed the origin completes its batch, the barrier and its report, and the process ends
 * with the run's exit status. Any other run gets {@value #PATIENCE_SECONDS} seconds: it may hang in
 * a read.
 */
final class StopSignals implements CancelSignal {
  private static final StopSignals INSTANCE = new StopSignals();
  private static final long PATIENCE_SECONDS = 3;

  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean raised;
  private volatile boolean holding;
  private volatile boolean stdoutIsText;
  private volatile int status;

  private StopSignals() {}

  /** The signals of this process. */
  static StopSignals instance() {
    return INSTANCE;
  }

  /** Registers the shutdown hook. */
  void install() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
  }

  /**
   * From now on, a signal waits until the run ends.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code run.interrupted}, if a signal
   *     came before
   */
  synchronized void hold() {
    throwIfRaised();
    holding = true;
  }

  /** True if the run may have changed the origin. */
  boolean isHeld() {
    return holding;
  }

  /** No document may go to stdout: it carries text, which may be piped into a shell. */
  void keepStdout() {
    stdoutIsText = true;
  }

  private synchronized boolean raise() {
    raised = true;
    return holding;
  }

  private void stop() {
    if (ended.getCount() == 0) {
      return; // the run has ended and set the exit status
    }
    try {
      if (raise()) {
        ended.await();
      } else if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        Runtime.getRuntime().halt(CommandLineRun.interrupted(stdoutIsText));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(status);
  }

  /** Ends the process, with or without a signal. */
  void exit(int exitStatus) {
    status = exitStatus;
    ended.countDown();
    System.exit(exitStatus);
  }

  @Override
  public boolean isRaised() {
    return raised;
  }
}

package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.problem.CancelSignal;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * SIGINT, SIGTERM and SIGHUP ask the run to stop where that leaves nothing half done. Java answers
 * them by its shutdown hooks. A run that may have changed the origin is waited for until it has
 * written its barrier and its report, and the process ends with the run's own exit status. One that
 * has not is given a moment, since it may hang in a read that nobody answers.
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

  /** Begins to listen. */
  void install() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
  }

  /**
   * From now on the run is waited for.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code run.interrupted}, if a signal
   *     came before
   */
  synchronized void hold() {
    throwIfRaised();
    holding = true;
  }

  /** Whether the run may have changed the origin. */
  boolean isHeld() {
    return holding;
  }

  /** What is on stdout is text, which may be piped into a shell: no document belongs there. */
  void keepStdout() {
    stdoutIsText = true;
  }

  private synchronized boolean raise() {
    raised = true;
    return holding;
  }

  private void stop() {
    if (ended.getCount() == 0) {
      return; // the run ended by itself, and the exit status is its own already
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

  /** Ends the process, whether a signal came or not. */
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

package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.problem.CancelSignal;
import java.util.concurrent.CountDownLatch;

/**
 * SIGINT, SIGTERM and SIGHUP ask the run to stop where that leaves nothing half done. Java answers
 * them by its shutdown hooks: this one holds the end of the process back until the run has written
 * its barrier and its report, and ends it with the run's own exit status.
 */
final class StopSignals implements CancelSignal {
  private static final StopSignals INSTANCE = new StopSignals();

  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean raised;
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

  private void stop() {
    raised = true;
    try {
      ended.await();
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

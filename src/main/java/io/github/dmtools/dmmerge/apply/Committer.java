package io.github.dmtools.dmmerge.apply;

import io.github.dmtools.dmmerge.plan.Progress;
import io.github.dmtools.dmmerge.problem.Problem;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Writes one portion in a thread of its own while its owner reads the next one. Portions are
 * committed one after the other, in the order in which they came.
 */
final class Committer implements AutoCloseable {
  /** What is done to a portion. */
  @FunctionalInterface
  interface Commit {
    /** Returns why the run must end behind this portion, or null. */
    @Nullable Problem run(Portion portion);
  }

  private final Commit commit;
  private final Progress progress;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread named = new Thread(task, "commit");
            named.setDaemon(true);
            return named;
          });
  private @Nullable Future<@Nullable Problem> running;
  private @Nullable Problem stopped;
  private long runningBytes;

  /**
   * @param progress hears of a portion when it is over, in the owner's thread
   */
  Committer(Commit commit, Progress progress) {
    this.commit = commit;
    this.progress = progress;
  }

  /** Begins with this portion, once the one before it was waited for. */
  void commit(Portion portion) {
    runningBytes = portion.bytes();
    running = thread.submit(() -> commit.run(portion));
  }

  /** Waits until nothing is being written. Returns why the run must end, or null. */
  @Nullable Problem await() {
    if (running == null) {
      return stopped;
    }
    boolean interrupted = false;
    while (true) {
      try {
        stopped = running.get();
        break;
      } catch (ExecutionException e) {
        stopped = Applier.problemOf(e.getCause() == null ? e : e.getCause());
        break;
      } catch (InterruptedException e) {
        // A write must not be left alone: signals are heard between portions.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    running = null;
    progress.advance(runningBytes);
    return stopped;
  }

  @Override
  public void close() {
    await();
    thread.shutdown();
  }
}

package io.github.dmtools.dmmerge.device;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Threads among which the parts of a piece of work are divided, so that a device has many transfers
 * at once and no core is idle.
 */
public final class Lanes implements AutoCloseable {
  /** Keeps a disk's queue filled; more threads than this gain nothing. */
  private static final int MOST = 32;

  private final ExecutorService threads;

  /** Starts threads as they are needed. */
  public Lanes() {
    this(Lanes::thread);
  }

  /** With threads of somebody else's making. */
  Lanes(ThreadFactory factory) {
    this.threads = Executors.newCachedThreadPool(factory);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "lane");
    thread.setDaemon(true);
    return thread;
  }

  /** Begins with a task beside the caller's thread. */
  public CompletableFuture<Void> begin(Runnable task) {
    return CompletableFuture.runAsync(task, threads);
  }

  /** Waits for what was begun with, and throws what that threw. Is not to be interrupted. */
  public static <T> T join(CompletableFuture<T> begun) {
    try {
      return begun.join();
    } catch (CompletionException e) {
      throwAgain(e.getCause());
      throw e;
    }
  }

  private static void throwAgain(@Nullable Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
  }

  /**
   * Runs all parts, the caller's thread among those that do. When this returns no part is running.
   *
   * @param parts how many there are
   * @param part runs one of them, from 0; the first {@code RuntimeException} or {@code Error} that
   *     one throws ends the work, and is thrown
   */
  public void each(int parts, IntConsumer part) {
    Work work = new Work(parts, part);
    List<CompletableFuture<Void>> helpers = help(work, Math.min(MOST, parts) - 1);
    work.run();
    // Not to be interrupted: a transfer must not be left alone.
    helpers.forEach(CompletableFuture::join);
    throwAgain(work.failure.get());
  }

  private List<CompletableFuture<Void>> help(Work work, int wanted) {
    List<CompletableFuture<Void>> helpers = new ArrayList<>();
    try {
      while (helpers.size() < wanted) {
        helpers.add(begin(work::run));
      }
    } catch (OutOfMemoryError e) {
      // So Java says that the system has no more threads: those that there are do it all.
    }
    return helpers;
  }

  @Override
  public void close() {
    threads.shutdown();
  }

  private static final class Work {
    private final int parts;
    private final IntConsumer part;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    Work(int parts, IntConsumer part) {
      this.parts = parts;
      this.part = part;
    }

    void run() {
      try {
        for (int i = next.getAndIncrement(); i < parts; i = next.getAndIncrement()) {
          part.accept(i);
        }
      } catch (Error | RuntimeException e) {
        failure.compareAndSet(null, e);
        next.set(parts);
      }
    }
  }
}

package io.github.dmtools.dmmerge.copy;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Threads among which the parts of a piece of work are divided, so that a device has many transfers
 * at once and no core is idle.
 */
public final class TransferPool implements AutoCloseable {
  /** Keeps a disk's queue filled; more threads than this gain little. */
  private static final int MOST = 32;

  /** Small parts that lie in memory take less, a device more. */
  private static final long QUICK_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

  private final ExecutorService threads;
  private volatile int wanted = MOST;

  /** Starts threads as they are needed. */
  public TransferPool() {
    this(TransferPool::thread);
  }

  /** With threads of somebody else's making. */
  public TransferPool(ThreadFactory factory) {
    this.threads = Executors.newCachedThreadPool(factory);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "lane");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Begins with a task beside the caller's thread.
   *
   * @return null if the system has no more threads: then nothing of it is run
   */
  public @Nullable CompletableFuture<Void> tryBegin(Runnable task) {
    try {
      return CompletableFuture.runAsync(task, threads);
    } catch (OutOfMemoryError e) {
      // So Java says that the system has no more threads.
      return null;
    }
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
   * If but a few parts were slow, as those are that wait for a device, the next work begins with as
   * many threads as there are cores: more would only be in the way of those who write.
   *
   * @param parts how many there are
   * @param part runs one of them, from 0; the first {@code RuntimeException} or {@code Error} that
   *     one throws ends the work, and is thrown
   */
  public void each(int parts, IntConsumer part) {
    Work work = new Work(parts, part, threads);
    work.run(wanted);
    wanted = work.waited() ? MOST : Runtime.getRuntime().availableProcessors();
    throwAgain(work.failure.get());
  }

  @Override
  public void close() {
    threads.shutdown();
  }

  private static final class Work {
    private final int parts;
    private final IntConsumer part;
    private final ExecutorService threads;
    private final Queue<CompletableFuture<Void>> helpers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger running = new AtomicInteger(1);
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicInteger slow = new AtomicInteger();
    private volatile boolean noneLeft;

    Work(int parts, IntConsumer part, ExecutorService threads) {
      this.parts = parts;
      this.part = part;
      this.threads = threads;
    }

    void run(int atFirst) {
      while (running.get() < Math.min(atFirst, parts) && help()) {
        // One more.
      }
      runParts();
      // Not to be interrupted: a transfer must not be left alone. Who helps may call others first.
      for (var helper = helpers.poll(); helper != null; helper = helpers.poll()) {
        helper.join();
      }
    }

    private void runParts() {
      try {
        for (int i = next.getAndIncrement(); i < parts; i = next.getAndIncrement()) {
          long start = System.nanoTime();
          part.accept(i);
          if (System.nanoTime() - start > QUICK_NANOS) {
            slow.incrementAndGet();
            help();
          }
        }
      } catch (Error | RuntimeException e) {
        failure.compareAndSet(null, e);
        next.set(parts);
      }
    }

    /** One thread more. Returns whether it is there. */
    private boolean help() {
      if (next.get() >= parts || noneLeft || running.incrementAndGet() > Math.min(MOST, parts)) {
        return false;
      }
      // Known before it runs: nothing may go wrong between its start and its being waited for.
      CompletableFuture<Void> helper = new CompletableFuture<>();
      helpers.add(helper);
      try {
        threads.execute(
            () -> {
              runParts();
              helper.complete(null);
            });
        return true;
      } catch (OutOfMemoryError e) {
        // So Java says that the system has no more threads: those that there are do it all.
        noneLeft = true;
        helper.complete(null);
        return false;
      }
    }

    /** A thread that has to wait for its core makes a few parts slow, a device most of them. */
    boolean waited() {
      return slow.get() > parts / 8;
    }
  }
}

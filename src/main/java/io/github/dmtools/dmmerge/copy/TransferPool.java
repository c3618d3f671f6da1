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

/** A thread pool that keeps a device's queue full and all cores busy. */
public final class TransferPool implements AutoCloseable {
  /** Enough to keep a disk's queue full; more threads gain little. */
  private static final int MAX_THREADS = 32;

  /** Small transfers from memory take less than this, transfers from a device more. */
  private static final long SLOW_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

  private final ExecutorService threads;
  private volatile int initialThreads = MAX_THREADS;

  public TransferPool() {
    this(TransferPool::thread);
  }

  /** Creates a pool with threads from a factory. */
  public TransferPool(ThreadFactory factory) {
    this.threads = Executors.newCachedThreadPool(factory);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "transfer");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Starts a task in another thread.
   *
   * @return null if the system has no more threads; the task does not run then
   */
  public @Nullable CompletableFuture<Void> tryStart(Runnable task) {
    try {
      return CompletableFuture.runAsync(task, threads);
    } catch (OutOfMemoryError e) {
      // Java throws this if the system has no more threads.
      return null;
    }
  }

  /** Waits for a task and rethrows its exception. Ignores interrupts. */
  public static <T> T join(CompletableFuture<T> started) {
    try {
      return started.join();
    } catch (CompletionException e) {
      rethrow(e.getCause());
      throw e;
    }
  }

  private static void rethrow(@Nullable Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
  }

  /**
   * Runs a task for each index from 0 to {@code count - 1} and waits for all of them. The caller's
   * thread takes part. If few tasks were slow, the data comes from memory: the next call starts
   * with one thread per core, since more would slow down the writer.
   *
   * @param task its first {@code RuntimeException} or {@code Error} stops the other tasks and is
   *     rethrown
   */
  public void forEach(int count, IntConsumer task) {
    Work work = new Work(count, task, threads);
    work.run(initialThreads);
    initialThreads =
        work.waitedForDevice() ? MAX_THREADS : Runtime.getRuntime().availableProcessors();
    rethrow(work.failure.get());
  }

  @Override
  public void close() {
    threads.shutdown();
  }

  private static final class Work {
    private final int count;
    private final IntConsumer task;
    private final ExecutorService threads;
    private final Queue<CompletableFuture<Void>> helpers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger running = new AtomicInteger(1);
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicInteger slow = new AtomicInteger();
    private volatile boolean outOfThreads;

    Work(int count, IntConsumer task, ExecutorService threads) {
      this.count = count;
      this.task = task;
      this.threads = threads;
    }

    void run(int initialThreads) {
      try {
        while (running.get() < Math.min(initialThreads, count) && addThread()) {
          // addThread does it.
        }
        runTasks();
      } finally {
        // Ignores interrupts: no transfer may outlive this call. A helper may add more helpers.
        for (var helper = helpers.poll(); helper != null; helper = helpers.poll()) {
          helper.join();
        }
      }
    }

    private void runTasks() {
      try {
        for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
          long start = System.nanoTime();
          task.accept(i);
          if (System.nanoTime() - start > SLOW_NANOS) {
            slow.incrementAndGet();
            addThread();
          }
        }
      } catch (Error | RuntimeException e) {
        failure.compareAndSet(null, e);
        next.set(count);
      }
    }

    /** Returns false if no thread was added. */
    private boolean addThread() {
      if (next.get() >= count
          || outOfThreads
          || running.incrementAndGet() > Math.min(MAX_THREADS, count)) {
        return false;
      }
      // Added before it starts, so that run() always waits for it.
      CompletableFuture<Void> helper = new CompletableFuture<>();
      helpers.add(helper);
      try {
        threads.execute(
            () -> {
              runTasks();
              helper.complete(null);
            });
        return true;
      } catch (OutOfMemoryError e) {
        // The system has no more threads: go on with those that exist.
        outOfThreads = true;
        helper.complete(null);
        return false;
      }
    }

    /** Waiting for a core makes a few tasks slow, waiting for a device most of them. */
    boolean waitedForDevice() {
      return slow.get() > count / 8;
    }
  }
}

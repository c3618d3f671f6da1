package io.github.dmtools.dmmerge.copy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

final class TransferPoolTest {
  @Test
  void runsEveryTaskOnce() {
    AtomicIntegerArray runs = new AtomicIntegerArray(1000);
    try (TransferPool pool = new TransferPool()) {
      pool.forEach(runs.length(), runs::incrementAndGet);
      pool.forEach(0, task -> runs.set(0, -1));
    }
    for (int task = 0; task < runs.length(); task++) {
      assertEquals(1, runs.get(task));
    }
  }

  /** Each task waits for all others, so they must all run in parallel. */
  @Test
  void runsTasksInParallel() {
    CyclicBarrier barrier = new CyclicBarrier(32);
    try (TransferPool pool = new TransferPool()) {
      pool.forEach(32, task -> meet(barrier));
    }
    assertEquals(0, barrier.getNumberWaiting());
  }

  /** After fast tasks the pool starts with few threads, and adds more when tasks are slow. */
  @Test
  void addsThreadsWhenTasksAreSlow() {
    int slow = 500;
    CyclicBarrier barrier = new CyclicBarrier(32);
    try (TransferPool pool = new TransferPool()) {
      pool.forEach(100_000, task -> {});
      pool.forEach(
          slow + 32,
          task -> {
            if (task < slow) {
              spin();
            } else {
              meet(barrier);
            }
          });
    }
    assertEquals(0, barrier.getNumberWaiting());
  }

  /** Takes longer than a transfer from memory. */
  private static void spin() {
    long start = System.nanoTime();
    while (System.nanoTime() - start < 100_000) {
      Thread.onSpinWait();
    }
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void rethrowsAFailureAfterAllTasksEnded() {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger started = new AtomicInteger();
    Error failure = new OutOfMemoryError("injected");
    try (TransferPool pool = new TransferPool()) {
      Error thrown =
          assertThrows(
              OutOfMemoryError.class,
              () ->
                  pool.forEach(
                      100_000,
                      task -> {
                        running.incrementAndGet();
                        started.incrementAndGet();
                        try {
                          if (task == 5) {
                            throw failure;
                          }
                        } finally {
                          running.decrementAndGet();
                        }
                      }));
      assertSame(failure, thrown);
      assertEquals(0, running.get());
      assertTrue(started.get() >= 6);
    }
  }

  /** As with a limit on the number of processes: the third thread cannot be created. */
  @Test
  void worksWithTheThreadsItCanGet() {
    AtomicInteger started = new AtomicInteger();
    AtomicIntegerArray runs = new AtomicIntegerArray(1000);
    ThreadFactory scarce =
        task -> {
          if (started.incrementAndGet() > 2) {
            throw new OutOfMemoryError("unable to create native thread");
          }
          return new Thread(task);
        };
    try (TransferPool pool = new TransferPool(scarce)) {
      pool.forEach(runs.length(), runs::incrementAndGet);
    }
    for (int task = 0; task < runs.length(); task++) {
      assertEquals(1, runs.get(task));
    }
  }

  @Test
  void anInterruptDoesNotLeaveTasksRunning() {
    AtomicInteger ended = new AtomicInteger();
    try (TransferPool pool = new TransferPool()) {
      Thread.currentThread().interrupt();
      pool.forEach(64, task -> ended.incrementAndGet());
      assertTrue(Thread.interrupted(), "the interrupt is left to the caller");
    }
    assertEquals(64, ended.get());
  }
}

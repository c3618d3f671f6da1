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
  void everyPartRunsOnce() {
    AtomicIntegerArray runs = new AtomicIntegerArray(1000);
    try (TransferPool pool = new TransferPool()) {
      pool.each(runs.length(), runs::incrementAndGet);
      pool.each(0, part -> runs.set(0, -1));
    }
    for (int part = 0; part < runs.length(); part++) {
      assertEquals(1, runs.get(part));
    }
  }

  /** A disk has a queue only if transfers do not wait for each other: these all wait for all. */
  @Test
  void partsRunAtTheSameTime() {
    CyclicBarrier together = new CyclicBarrier(32);
    try (TransferPool pool = new TransferPool()) {
      pool.each(32, part -> meet(together));
    }
    assertEquals(0, together.getNumberWaiting());
  }

  /** When others met no device, work begins with few threads, and gets more as it waits. */
  @Test
  void slowPartsGetHelp() {
    int slow = 500;
    CyclicBarrier together = new CyclicBarrier(32);
    try (TransferPool pool = new TransferPool()) {
      pool.each(100_000, part -> {});
      pool.each(
          slow + 32,
          part -> {
            if (part < slow) {
              spin();
            } else {
              meet(together);
            }
          });
    }
    assertEquals(0, together.getNumberWaiting());
  }

  /** Takes longer than anything that lies in memory. */
  private static void spin() {
    long start = System.nanoTime();
    while (System.nanoTime() - start < 100_000) {
      Thread.onSpinWait();
    }
  }

  private static void meet(CyclicBarrier together) {
    try {
      together.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatAPartThrowsIsThrownWhenNoneIsRunning() {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger begun = new AtomicInteger();
    Error failure = new OutOfMemoryError("made up");
    try (TransferPool pool = new TransferPool()) {
      Error thrown =
          assertThrows(
              OutOfMemoryError.class,
              () ->
                  pool.each(
                      100_000,
                      part -> {
                        running.incrementAndGet();
                        begun.incrementAndGet();
                        try {
                          if (part == 5) {
                            throw failure;
                          }
                        } finally {
                          running.decrementAndGet();
                        }
                      }));
      assertSame(failure, thrown);
      assertEquals(0, running.get());
      assertTrue(begun.get() >= 6);
    }
  }

  /** As under a limit of processes: the third thread is not to be had. */
  @Test
  void goesOnWithTheThreadsThatThereAre() {
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
      pool.each(runs.length(), runs::incrementAndGet);
    }
    for (int part = 0; part < runs.length(); part++) {
      assertEquals(1, runs.get(part));
    }
  }

  @Test
  void anInterruptDoesNotLeavePartsAlone() {
    AtomicInteger ended = new AtomicInteger();
    try (TransferPool pool = new TransferPool()) {
      Thread.currentThread().interrupt();
      pool.each(64, part -> ended.incrementAndGet());
      assertTrue(Thread.interrupted(), "the interrupt is for whoever called");
    }
    assertEquals(64, ended.get());
  }
}

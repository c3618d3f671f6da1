package io.github.dmtools.dmmerge.copy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;

final class ReadAheadTest {
  /** Counts from 0; one part can be made to fail. */
  private static class Numbers {
    private final int end;
    private final int failing;
    private int next;
    private int buffers;

    Numbers(int end, int failing) {
      this.end = end;
      this.failing = failing;
    }

    ReadAhead<int[]> ahead(TransferPool pool) {
      return new ReadAhead<>(this::hasNext, this::buffer, this::fill, pool);
    }

    private boolean hasNext() {
      return next < end;
    }

    private int[] buffer() {
      buffers++;
      return new int[1];
    }

    void fill(int[] buffer) {
      if (next == failing) {
        throw new IllegalStateException("part " + next);
      }
      buffer[0] = next++;
    }
  }

  private static List<Integer> read(Numbers numbers) {
    List<Integer> parts = new ArrayList<>();
    try (TransferPool pool = new TransferPool();
        ReadAhead<int[]> ahead = numbers.ahead(pool)) {
      for (int[] part = ahead.next(); part != null; part = ahead.next()) {
        ahead.startNext();
        parts.add(part[0]);
      }
      assertNull(ahead.next());
    }
    return parts;
  }

  @Test
  void returnsPartsInOrderWithTwoBuffers() {
    Numbers numbers = new Numbers(1000, -1);
    List<Integer> parts = read(numbers);
    assertEquals(1000, parts.size());
    for (int i = 0; i < 1000; i++) {
      assertEquals(i, parts.get(i));
    }
    assertEquals(2, numbers.buffers);
  }

  /** As with a limit on the number of processes. */
  @Test
  void worksWithoutThreads() {
    Numbers numbers = new Numbers(100, -1);
    List<Integer> parts = new ArrayList<>();
    ThreadFactory none =
        task -> {
          throw new OutOfMemoryError("unable to create native thread");
        };
    try (TransferPool pool = new TransferPool(none);
        ReadAhead<int[]> ahead = numbers.ahead(pool)) {
      for (int[] part = ahead.next(); part != null; part = ahead.next()) {
        ahead.startNext();
        parts.add(part[0]);
      }
    }
    assertEquals(100, parts.size());
    assertEquals(99, parts.get(99));
    assertTrue(numbers.buffers <= 2);
  }

  @Test
  void onePartNeedsOneBuffer() {
    Numbers numbers = new Numbers(1, -1);
    assertEquals(List.of(0), read(numbers));
    assertEquals(1, numbers.buffers);
    assertEquals(List.of(), read(new Numbers(0, -1)));
  }

  @Test
  void readsNothingAheadUnlessStarted() {
    Numbers numbers = new Numbers(9, -1);
    try (TransferPool pool = new TransferPool();
        ReadAhead<int[]> ahead = numbers.ahead(pool)) {
      assertNotNull(ahead.next());
      assertNotNull(ahead.next());
    }
    assertEquals(2, numbers.next);
    assertEquals(1, numbers.buffers);
  }

  /** Would block forever if a part was read only on request. */
  @Test
  void readsTheNextPartInTheBackground() throws InterruptedException {
    CountDownLatch third = new CountDownLatch(1);
    Numbers numbers =
        new Numbers(3, -1) {
          @Override
          void fill(int[] buffer) {
            super.fill(buffer);
            if (buffer[0] == 2) {
              third.countDown();
            }
          }
        };
    try (TransferPool pool = new TransferPool();
        ReadAhead<int[]> ahead = numbers.ahead(pool)) {
      ahead.next();
      ahead.next();
      ahead.startNext();
      third.await();
    }
  }

  /** The parts read before the failure are returned first. */
  @Test
  void reportsAFailureAfterTheEarlierParts() {
    List<Integer> parts = new ArrayList<>();
    try (TransferPool pool = new TransferPool();
        ReadAhead<int[]> ahead = new Numbers(9, 2).ahead(pool)) {
      IllegalStateException failure =
          assertThrows(
              IllegalStateException.class,
              () -> {
                for (int[] part = ahead.next(); part != null; part = ahead.next()) {
                  ahead.startNext();
                  parts.add(part[0]);
                }
              });
      assertEquals("part 2", failure.getMessage());
    }
    assertEquals(List.of(0, 1), parts);
  }

  @Test
  void closeIgnoresAnUnreadFailure() {
    try (TransferPool pool = new TransferPool();
        ReadAhead<int[]> ahead = new Numbers(9, 1).ahead(pool)) {
      assertNotNull(ahead.next());
      ahead.startNext();
    }
  }
}

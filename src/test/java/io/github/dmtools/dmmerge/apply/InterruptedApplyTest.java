package io.github.dmtools.dmmerge.apply;

import static io.github.dmtools.dmmerge.apply.ApplierTest.apply;
import static io.github.dmtools.dmmerge.apply.ApplierTest.code;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.copy.Progress;
import io.github.dmtools.dmmerge.device.MemoryDisk;
import io.github.dmtools.dmmerge.device.Stamp;
import io.github.dmtools.dmmerge.exceptionstore.StoreImage;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Applies a table of several windows and stops after the first. */
final class InterruptedApplyTest {
  private static final int SECTOR = 512;

  /** A window holds 4,096. The third window is read only after the first is written. */
  private static final int EXCEPTIONS = 36_000;

  private final StoreImage image = StoreImage.withRoomFor(1, EXCEPTIONS);
  private final byte[] before = Stamp.of('o', EXCEPTIONS * SECTOR);
  private final byte[] merged = new byte[EXCEPTIONS * SECTOR];
  private final MemoryDisk storeDisk;
  private final MemoryDisk origin;

  InterruptedApplyTest() {
    for (int i = 0; i < EXCEPTIONS; i++) {
      int newChunk = 2 + i + i / 32;
      image.entry(i, newChunk);
    }
    for (int i = 0; i < EXCEPTIONS; i++) {
      System.arraycopy(image.bytes(), (2 + i + i / 32) * SECTOR, merged, i * SECTOR, SECTOR);
    }
    storeDisk = image.disk();
    origin = new MemoryDisk("/dev/origin", before);
  }

  @Test
  void finishesTheWindowAndTheNextRunCompletes() {
    AtomicBoolean stop = new AtomicBoolean();
    ApplyOutcome outcome = apply(storeDisk, origin, bytes -> stop.set(true), stop::get);
    assertEquals(ProblemCode.RUN_INTERRUPTED, code(outcome));
    Counts counts = outcome.exceptions();
    assertTrue(counts.written() > 0 && counts.pending() > 0, counts.toString());
    assertEquals(EXCEPTIONS, counts.written() + counts.pending());
    assertEquals(counts.written() * SECTOR, outcome.bytes().written());
    assertEquals(1, origin.barriers());
    origin.crash();
    requireApplied(counts.written());

    ApplyOutcome rest = apply(storeDisk, origin, Progress.NONE, CancelSignal.NEVER);
    assertNull(rest.problem());
    assertEquals(counts.written(), rest.exceptions().unchanged());
    assertEquals(counts.pending(), rest.exceptions().written());
    assertArrayEquals(merged, origin.durableContent());
  }

  @Test
  void aSignalBeforeTheFirstWindowWritesNothing() {
    ApplyOutcome outcome = apply(storeDisk, origin, Progress.NONE, () -> true);
    assertEquals(ProblemCode.RUN_INTERRUPTED, code(outcome));
    assertFalse(outcome.changed());
    assertEquals(EXCEPTIONS, outcome.exceptions().pending());
    assertEquals(0, origin.barriers());
    assertArrayEquals(before, origin.content());
  }

  @Test
  void aSignalAfterTheLastWindowIsIgnored() {
    AtomicLong left = new AtomicLong((long) EXCEPTIONS * SECTOR);
    ApplyOutcome outcome =
        apply(storeDisk, origin, bytes -> left.addAndGet(-bytes), () -> left.get() == 0);
    assertNull(outcome.problem());
    assertArrayEquals(merged, origin.durableContent());
  }

  @Test
  void aChangedTableStopsTheRun() {
    int last = EXCEPTIONS - 1;
    Progress change =
        bytes -> storeDisk.set(image.offsetOfEntry(last), new byte[] {1, 2, 3, 4, 5, 6});
    long cacheBytes = 2L * 10_000 * SECTOR;
    ApplyOutcome outcome = apply(storeDisk, origin, cacheBytes, change, CancelSignal.NEVER);
    assertEquals(ProblemCode.STORE_CHANGED, code(outcome));
    assertTrue(outcome.changed());
    assertEquals(EXCEPTIONS, outcome.exceptions().written() + outcome.exceptions().pending());
    assertTrue(outcome.exceptions().written() > 0);
    assertEquals(1, origin.barriers(), "written data is made durable");
    requireApplied(outcome.exceptions().written());
  }

  /** Requires that exactly the first exceptions are in the origin. */
  private void requireApplied(long exceptions) {
    byte[] expected = before.clone();
    System.arraycopy(merged, 0, expected, 0, (int) exceptions * SECTOR);
    assertArrayEquals(expected, origin.durableContent());
  }
}

package io.github.dmtools.dmmerge.preserve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.SlowTest;
import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.DeviceContract;
import io.github.dmtools.dmmerge.device.MemoryDisk;
import io.github.dmtools.dmmerge.device.PowerCut;
import io.github.dmtools.dmmerge.device.Stamp;
import io.github.dmtools.dmmerge.digest.SectorSums;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.TableCursor;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The undo store restores the origin after a run that was stopped at any point. */
final class UndoRecorderTest {
  private static final int SECTOR = 512;
  private static final UndoRun RUN = new UndoRun("ab".repeat(32), null, new UUID(1, 2), null);

  /**
   * A run saves, commits, writes and issues a barrier. It is stopped at each operation and resumed.
   */
  @Property(tries = 3)
  void restoresTheOrigin(
      @ForAll long seed, @ForAll @IntRange(max = 2) int log2Sectors, @ForAll boolean torn) {
    stopAnywhere(seed, log2Sectors, torn);
  }

  @Property(tries = 12)
  @SlowTest
  void restoresTheOriginAfterMoreStops(
      @ForAll long seed, @ForAll @IntRange(max = 2) int log2Sectors, @ForAll boolean torn) {
    stopAnywhere(seed, log2Sectors, torn);
  }

  private static void stopAnywhere(long seed, int log2Sectors, boolean torn) {
    Random random = new Random(seed);
    int operations = 0;
    boolean finished = false;
    while (!finished) {
      Run run = new Run(1 << log2Sectors, 70, 1 + random.nextInt(SECTOR << log2Sectors));
      finished = run.go(new PowerCut(operations++), new Random(seed));
      for (int again = 0; again < 3; again++) {
        run.crash(torn, random);
        run.requireRestored();
        run.go(new PowerCut(again < 2 ? random.nextInt(20) : Integer.MAX_VALUE), random);
      }
      assertArrayEquals(run.after, run.origin.durableContent());
      run.requireRestored();
    }
    assertTrue(operations > 10, "it was hardly ever stopped");
  }

  @Test
  void savesClippedChunks() {
    Run run = new Run(2, 3, 100);
    UndoRecorder undo = run.recorder();
    undo.save(0, run.bytes(0), run.sums(0));
    assertTrue(undo.isSaved(0));
    assertFalse(undo.isSaved(2));
    assertNull(undo.saveFromOrigin(2, 2));
    undo.commit();
    run.origin.set(0, new byte[2 * 1024 + 100]);
    run.requireRestored(0, 2);
  }

  @Test
  void savesAChunkLargerThanAPiece() {
    Run run = new Run(16_384, 2, (5 << 20) + 7);
    UndoRecorder undo = run.recorder();
    assertNull(undo.saveFromOrigin(1, 1));
    assertNull(undo.saveFromOrigin(0, 0));
    undo.commit();
    run.origin.set(0, run.after);
    run.requireRestored();
  }

  @Test
  void aReadErrorSkipsOnlyItsChunk() {
    Run run = new Run(16_384, 2, 8 << 20);
    run.origin.breakForReading(new ByteRange(6 << 20, 1));
    UndoRecorder undo = run.recorder();
    Problem problem = undo.saveFromOrigin(0, 0);
    assertNotNull(problem);
    assertEquals("/dev/origin", problem.path());
    assertFalse(undo.isSaved(0));
    assertNull(undo.saveFromOrigin(1, 1));
    undo.commit();
    run.requireRestored(1);
  }

  @Test
  void aFailureIsPermanent() {
    Run run = new Run(1, 4, 512);
    UndoRecorder undo = run.recorder();
    undo.save(0, run.bytes(0), run.sums(0));
    undo.commit();
    run.undo.failBarrier(1);
    undo.save(1, run.bytes(1), run.sums(1));
    ProblemException failed = assertThrows(ProblemException.class, undo::commit);
    assertEquals(ProblemCode.DEVICE_BARRIER, failed.problem().code());
    assertEquals("/undo", failed.problem().path());
    assertFalse(undo.isSaved(0));
    assertFalse(undo.isSaved(1));
    assertThrows(ProblemException.class, undo::commit);
    assertThrows(ProblemException.class, undo::complete);
    assertThrows(ProblemException.class, () -> undo.save(2, run.bytes(2), run.sums(2)));
    assertThrows(ProblemException.class, () -> undo.saveFromOrigin(2, 2));
    run.crash(false, new Random(1));
    run.requireRestored(0);
  }

  @Test
  void aCompleteStoreIsNeverExtended() {
    Run run = new Run(1, 4, 512);
    UndoRecorder undo = run.recorder();
    undo.save(0, run.bytes(0), run.sums(0));
    undo.complete();
    undo.complete();
    byte[] before = run.undo.durableContent();
    for (UndoRecorder late : new UndoRecorder[] {undo, run.resumed(), run.resumed()}) {
      assertFalse(late.isSaved(0), "another program wrote to it since");
      ProblemException refused =
          assertThrows(ProblemException.class, () -> late.save(1, run.bytes(1), run.sums(1)));
      assertEquals(ProblemCode.UNDO_COMPLETE, refused.problem().code());
    }
    assertThrows(ProblemException.class, () -> run.resumed().saveFromOrigin(0, 0));
    run.resumed().complete();
    assertArrayEquals(before, run.undo.content());
  }

  @Test
  void aStoreWithoutEntriesStaysOpen() {
    Run run = new Run(1, 4, 512);
    run.recorder().complete();
    UndoRecorder later = run.resumed();
    later.save(3, run.bytes(3), run.sums(3));
    later.commit();
    run.requireRestored(3);
  }

  /** An origin before and after a run, and the run's undo store. */
  private static final class Run {
    final ChunkSize chunkSize;
    final int chunks;
    final byte[] before;
    final byte[] after;
    final MemoryDisk origin;
    final MemoryDisk undo;
    final MemoryDisk source;

    Run(int sectors, int chunks, int lastBytes) {
      this.chunkSize = ChunkSize.ofSectors(sectors);
      this.chunks = chunks;
      int bytes = (chunks - 1) * sectors * SECTOR + lastBytes;
      this.before = Stamp.of('b', bytes);
      this.after = Stamp.of('a', bytes);
      this.origin = new MemoryDisk("/dev/origin", before);
      // Its chunks have the same numbers as the origin's.
      this.source = new MemoryDisk("/dev/store", after);
      int undoBytes = Math.toIntExact(UndoWriter.bytesFor(chunkSize, chunks));
      this.undo = new MemoryDisk("/undo", Stamp.of('u', undoBytes));
      create(undo.openForWriting());
    }

    private UndoWriter create(BlockDevice device) {
      return UndoWriter.create(
          device, chunkSize, UndoHeader.of(before.length, "origin", true, RUN));
    }

    UndoRecorder recorder() {
      return new UndoRecorder(
          create(undo.openForWriting()), origin.openForReading(), source.openForReading());
    }

    UndoRecorder resumed() {
      return resumed(undo.openForWriting(), origin.openForReading());
    }

    private UndoRecorder resumed(BlockDevice undoDevice, BlockDevice originDevice) {
      return new UndoRecorder(
          UndoWriter.resume(undoDevice, originDevice, CancelSignal.NEVER),
          originDevice,
          source.openForReading());
    }

    private int length(long chunk) {
      return (int) chunkSize.clippedBytes(chunk, before.length);
    }

    /** The current bytes of an origin's chunk. */
    ByteBuffer bytes(long chunk) {
      byte[] now = origin.content();
      return AlignedBuffers.allocate(length(chunk))
          .put(now, (int) chunkSize.offsetOf(chunk), length(chunk))
          .flip();
    }

    /** Sums of the data that will overwrite a chunk. */
    ByteBuffer sums(long chunk) {
      ByteBuffer sums = AlignedBuffers.allocate(SectorSums.count(length(chunk)) * 4);
      ByteBuffer written = AlignedBuffers.allocate(length(chunk));
      written.put(after, (int) chunkSize.offsetOf(chunk), length(chunk));
      new SectorSums().append(written.flip(), sums);
      return sums.flip();
    }

    private void requireSums(BlockDevice device, TableCursor entry) {
      WrittenSums sums = new WrittenSums(device, chunkSize);
      int start = (int) chunkSize.offsetOf(entry.oldChunk());
      for (int at = 0; at < length(entry.oldChunk()); at += SECTOR) {
        int count = Math.min(SECTOR, length(entry.oldChunk()) - at);
        ByteBuffer sector = AlignedBuffers.allocate(count).put(after, start + at, count).flip();
        assertTrue(sums.matches(entry.index(), at, sector), "byte " + at);
      }
    }

    /** Writes random batches as apply does. Returns false if the power failed. */
    boolean go(PowerCut power, Random random) {
      BlockDevice target = power.on(origin.openForWriting());
      try {
        UndoRecorder recorder = resumed(power.on(undo.openForWriting()), target);
        int chunk = 0;
        while (chunk < chunks) {
          int end = Math.min(chunks, chunk + 1 + random.nextInt(50));
          batch(recorder, target, chunk, end);
          chunk = end;
        }
        return true;
      } catch (PowerCut.Cut e) {
        return false;
      }
    }

    private void batch(UndoRecorder recorder, BlockDevice target, int from, int to) {
      for (int chunk = from; chunk < to; chunk++) {
        if (!recorder.isSaved(chunk)) {
          if (chunk % 2 == 0) {
            assertNull(recorder.saveFromOrigin(chunk, chunk));
          } else {
            recorder.save(chunk, bytes(chunk), sums(chunk));
          }
        }
      }
      recorder.commit();
      for (int chunk = from; chunk < to; chunk++) {
        int offset = (int) chunkSize.offsetOf(chunk);
        ByteBuffer bytes = AlignedBuffers.allocate(length(chunk));
        target.write(bytes.put(after, offset, length(chunk)).flip(), offset);
      }
      target.barrier();
    }

    void crash(boolean torn, Random random) {
      if (torn) {
        undo.crash(random);
        origin.crash(random);
      } else {
        undo.crash();
        origin.crash();
      }
    }

    /** Merging the undo store restores all of the origin. */
    void requireRestored() {
      assertArrayEquals(before, merged());
    }

    /** Merging the undo store restores exactly these chunks. */
    void requireRestored(int... savedChunks) {
      byte[] expected = origin.content();
      for (int chunk : savedChunks) {
        int offset = (int) chunkSize.offsetOf(chunk);
        System.arraycopy(before, offset, expected, offset, length(chunk));
      }
      assertArrayEquals(expected, merged());
    }

    private byte[] merged() {
      byte[] merged = origin.content();
      BlockDevice device = undo.openForReading();
      ExceptionStore store =
          ExceptionStore.read(device, origin.openForReading(), CancelSignal.NEVER);
      TableCursor entry = store.entries();
      while (entry.next()) {
        int length = length(entry.oldChunk());
        requireSums(device, entry);
        byte[] data = DeviceContract.read(device, chunkSize.offsetOf(entry.newChunk()), length);
        System.arraycopy(data, 0, merged, (int) chunkSize.offsetOf(entry.oldChunk()), length);
      }
      return merged;
    }
  }
}

package io.github.dmtools.dmmerge.copy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.device.MemoryDisk;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/** Which ranges are dense enough for early writeback. */
final class DeviceBufferTest {
  private static final int PIECE = 4096;

  /** The shortest run that is written back early, in pieces. */
  private static final int MIN_RUN = 64;

  @Test
  void aLongRunIsASpan() {
    assertEquals(List.of(new ByteRange(0, MIN_RUN * PIECE)), spans(slot -> true, run(0, MIN_RUN)));
    assertEquals(List.of(), spans(slot -> true, run(0, MIN_RUN - 1)));
  }

  @Test
  void aSpanContinuesAcrossShortGaps() {
    long[] near = runs(run(0, 32), run(32 + 8, 32));
    assertEquals(List.of(new ByteRange(0, (32 + 8 + 32) * PIECE)), spans(slot -> true, near));
    long[] far = runs(run(0, 32), run(32 + 9, 32));
    assertEquals(List.of(), spans(slot -> true, far), "two spans, both too short");
  }

  @Test
  void ignoresPiecesThatAreNotChosen() {
    long[] offsets = runs(run(1000, MIN_RUN), run(0, MIN_RUN));
    assertEquals(List.of(), spans(slot -> false, offsets));
    assertEquals(
        List.of(new ByteRange(1000 * PIECE, MIN_RUN * PIECE)),
        spans(slot -> slot < MIN_RUN, offsets));
  }

  @Test
  void theLastPieceMayBeClipped() {
    assertEquals(
        List.of(new ByteRange(0, MIN_RUN * PIECE + 512)),
        spans(slot -> true, run(0, MIN_RUN + 1), 512));
  }

  private static long[] run(long first, int pieces) {
    long[] offsets = new long[pieces];
    for (int i = 0; i < pieces; i++) {
      offsets[i] = (first + i) * PIECE;
    }
    return offsets;
  }

  private static long[] runs(long[] one, long[] other) {
    long[] both = new long[one.length + other.length];
    System.arraycopy(one, 0, both, 0, one.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  private static List<ByteRange> spans(IntPredicate chosen, long[] offsets) {
    return spans(chosen, offsets, PIECE);
  }

  private static List<ByteRange> spans(IntPredicate chosen, long[] offsets, int lastBytes) {
    int[] bytes = new int[offsets.length];
    Arrays.fill(bytes, PIECE);
    bytes[bytes.length - 1] = lastBytes;
    long end = Arrays.stream(offsets).max().orElseThrow() + PIECE;
    MemoryDisk disk = new MemoryDisk("/dev/origin", new byte[Math.toIntExact(end)]);
    DeviceBuffer buffer = new DeviceBuffer(disk.openForReading(), PIECE, offsets, bytes);
    try (TransferPool pool = new TransferPool()) {
      buffer.read(
          offsets.length,
          pool,
          (slot, problem) -> {
            throw new AssertionError(problem.message());
          },
          slot -> {});
    }
    return buffer.denseSpans(chosen);
  }
}

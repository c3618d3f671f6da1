package io.github.dmtools.dmmerge.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.MemoryDisk;
import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** Checks the operands of the lines. End-to-end tests run them with dd. */
final class DdLineTest {
  private final MemoryDisk store = new MemoryDisk("/dev/store", new byte[512]);
  private final MemoryDisk origin = new MemoryDisk("/dev/o r", new byte[512]);

  @Property
  void copiesExactlyTheBytesOfTheException(
      @ForAll @IntRange(max = 21) int log2Sectors,
      @ForAll @LongRange(max = 1L << 30) long oldChunk,
      @ForAll @LongRange(min = 2, max = 1L << 30) long newChunk,
      @ForAll @LongRange(min = 1) long clip) {
    ChunkSize size = ChunkSize.ofSectors(1L << log2Sectors);
    for (long bytes :
        new long[] {size.bytes(), clip % size.bytes() + 1, clip % size.sectors() * 512 + 512}) {
      checkCopies(size, oldChunk, newChunk, bytes);
    }
  }

  private void checkCopies(ChunkSize size, long oldChunk, long newChunk, long bytes) {
    String line =
        new DdLine(size, store.openForReading(), origin.openForReading(), false)
            .of(oldChunk, newChunk, bytes);
    assertTrue(line.startsWith("dd if=/dev/store of='/dev/o r' bs="), line);
    assertTrue(line.contains(" conv=notrunc"), line);
    assertFalse(line.contains("direct"), line);
    Map<String, String> operands = new HashMap<>();
    for (String word : line.split(" ", -1)) {
      String[] parts = word.split("=", 2);
      operands.put(parts[0], parts.length == 2 ? parts[1] : "");
    }
    boolean inBytes = operands.getOrDefault("iflag", "").equals("skip_bytes,count_bytes");
    assertEquals(inBytes, operands.getOrDefault("oflag", "").equals("seek_bytes"), line);
    assertEquals(bytes % 512 != 0, inBytes, line);
    long unit = inBytes ? 1 : Long.parseLong(operands.getOrDefault("bs", ""));
    assertTrue(unit <= 1 << 20, "dd keeps a block in memory: " + line);
    assertEquals(newChunk * size.bytes(), Long.parseLong(operands.get("skip")) * unit, line);
    assertEquals(oldChunk * size.bytes(), Long.parseLong(operands.get("seek")) * unit, line);
    assertEquals(bytes, Long.parseLong(operands.get("count")) * unit, line);
  }

  @Test
  void takesAnUnknownOriginFromTheEnvironment() {
    String line =
        new DdLine(ChunkSize.ofSectors(8), store.openForReading(), null, false).of(5, 2, 4096);
    assertEquals(
        "dd if=/dev/store of=\"${ORIGIN:?}\" bs=4096 skip=2 seek=5 count=1 conv=notrunc", line);
  }

  @Test
  void usesDirectIoForWholeBlocksIfRequested() {
    BlockDevice large = new MemoryDisk("/dev/large", new byte[4096], 4096).openDirect();
    DdLine dd = new DdLine(ChunkSize.ofSectors(16), store.openDirect(), large, true);
    assertTrue(dd.of(0, 2, 8192).endsWith(" conv=notrunc iflag=direct oflag=direct"));
    assertTrue(dd.of(0, 2, 512).endsWith(" conv=notrunc iflag=direct"), "not a multiple of 4096");
    assertFalse(dd.of(0, 2, 513).contains("direct"));
    DdLine unknown = new DdLine(ChunkSize.ofSectors(8), store.openForReading(), null, true);
    assertTrue(unknown.of(0, 2, 4096).endsWith(" conv=notrunc oflag=direct"));
    DdLine buffered = new DdLine(ChunkSize.ofSectors(8), store.openForReading(), large, true);
    assertTrue(buffered.of(0, 2, 4096).endsWith(" conv=notrunc oflag=direct"));
  }
}

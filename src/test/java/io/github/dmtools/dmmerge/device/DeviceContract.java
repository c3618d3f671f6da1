package io.github.dmtools.dmmerge.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contract of every device. */
public abstract class DeviceContract {
  /** Opens the device of the test, which contains {@link #content}, for reading. */
  protected abstract BlockDevice openForReading();

  /** Opens the device again, for reading and writing. */
  protected abstract BlockDevice openForWriting();

  /** The initial content: more than 64 KiB, not a multiple of 4096. */
  protected abstract byte[] content();

  @Test
  void knowsItsSize() {
    try (BlockDevice device = openForReading()) {
      assertEquals(content().length, device.sizeBytes());
      assertEquals(512, device.logicalBlockBytes());
      assertTrue(device.directAlignment() >= 1);
      assertEquals(1, Integer.bitCount(device.directAlignment()), "not a power of two");
    }
  }

  @ParameterizedTest
  @CsvSource({"0,4096", "0,1", "1,1", "511,2", "4095,2", "4096,8192", "1000,9000", "8191,40000"})
  void readsAnyRange(int offset, int count) {
    try (BlockDevice device = openForReading()) {
      assertArrayEquals(
          Arrays.copyOfRange(content(), offset, offset + count), read(device, offset, count));
    }
  }

  @Test
  void readsIntoAnyPlaceOfABuffer() {
    try (BlockDevice device = openForReading()) {
      ByteBuffer buffer = AlignedBuffers.allocate(8192);
      buffer.position(3).limit(3 + 5000);
      device.read(buffer, 4096);
      assertFalse(buffer.hasRemaining());
      byte[] all = new byte[8192];
      buffer.clear().get(all);
      byte[] expected = new byte[8192];
      System.arraycopy(content(), 4096, expected, 3, 5000);
      assertArrayEquals(expected, all, "it read more or less than what remained");
    }
  }

  @Test
  void readsUpToTheEndAndZeroBytesThere() {
    int size = content().length;
    try (BlockDevice device = openForReading()) {
      int tail = size % 4096 + 4096;
      assertArrayEquals(
          Arrays.copyOfRange(content(), size - tail, size), read(device, size - tail, tail));
      assertEquals(0, read(device, size, 0).length);
    }
  }

  @ParameterizedTest
  @CsvSource({"0,1", "-1,2", "-4096,8192", "1,1", "4096,4096"})
  void refusesToReadPastTheEnd(int fromEnd, int count) {
    try (BlockDevice device = openForReading()) {
      long offset = device.sizeBytes() + fromEnd;
      refused(ProblemCode.DEVICE_READ, device, offset, () -> read(device, offset, count));
    }
  }

  @Test
  void refusesInvalidOffsets() {
    try (BlockDevice device = openForReading()) {
      for (long offset : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 511}) {
        refused(ProblemCode.DEVICE_READ, device, offset, () -> read(device, offset, 512));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0,4096", "1,1", "511,2", "4095,2", "4096,8192", "1000,9000", "8191,40000"})
  void writesOnlyItsRange(int offset, int count) {
    byte[] expected = content().clone();
    byte[] bytes = stamped(count);
    System.arraycopy(bytes, 0, expected, offset, count);
    try (BlockDevice device = openForWriting()) {
      device.write(direct(bytes), offset);
      device.barrier();
      assertArrayEquals(expected, read(device, 0, expected.length));
    }
    try (BlockDevice again = openForReading()) {
      assertArrayEquals(expected, read(again, 0, expected.length));
    }
  }

  @Test
  void writesUpToTheEnd() {
    byte[] expected = content().clone();
    byte[] bytes = stamped(5000);
    System.arraycopy(bytes, 0, expected, expected.length - 5000, 5000);
    try (BlockDevice device = openForWriting()) {
      device.write(direct(bytes), expected.length - 5000);
      device.barrier();
    }
    try (BlockDevice again = openForReading()) {
      assertEquals(expected.length, again.sizeBytes(), "it grew");
      assertArrayEquals(expected, read(again, 0, expected.length));
    }
  }

  @ParameterizedTest
  @CsvSource({"0,1", "-1,2", "-4096,8192", "4096,4096"})
  void refusesToWritePastTheEnd(int fromEnd, int count) {
    try (BlockDevice device = openForWriting()) {
      long offset = device.sizeBytes() + fromEnd;
      refused(
          ProblemCode.DEVICE_WRITE,
          device,
          offset,
          () -> device.write(direct(stamped(count)), offset));
    }
    unchanged();
  }

  @Test
  void refusesToWriteIfOpenedForReading() {
    try (BlockDevice device = openForReading()) {
      refused(ProblemCode.DEVICE_WRITE, device, 0, () -> device.write(direct(stamped(4096)), 0));
    }
    unchanged();
  }

  @Test
  void theReadOnlyWrapperRefusesWrites() {
    try (BlockDevice device = new ReadOnlyDevice(openForWriting())) {
      assertArrayEquals(content(), read(device, 0, content().length));
      assertThrows(
          UnsupportedOperationException.class, () -> device.write(direct(stamped(512)), 0));
      assertThrows(UnsupportedOperationException.class, device::barrier);
      assertEquals(content().length, device.sizeBytes());
      device.flushCaches();
    }
    unchanged();
  }

  @Test
  void prefetchDoesNotChangeTheContent() {
    try (BlockDevice device = openForReading()) {
      device.prefetch(1000, content().length - 1000);
      device.prefetch(0, 1);
      assertArrayEquals(content(), read(device, 0, content().length));
    }
    unchanged();
  }

  @Test
  void droppingCachesKeepsTheContent() {
    try (BlockDevice device = openForWriting()) {
      byte[] bytes = stamped(4096);
      device.write(direct(bytes), 4096);
      device.flushCaches();
      assertArrayEquals(bytes, read(device, 4096, 4096));
      device.barrier();
      device.dropCaches();
      assertArrayEquals(bytes, read(device, 4096, 4096));
    }
  }

  @Test
  void readersShareTheLock() {
    try (BlockDevice one = openForReading();
        BlockDevice two = openForReading();
        BlockDevice writer = openForReading()) {
      assertTrue(one.tryLock(LockMode.SHARED));
      assertTrue(two.tryLock(LockMode.SHARED));
      assertFalse(writer.tryLock(LockMode.EXCLUSIVE), "locked for writing under two readers");
    }
  }

  @Test
  void aWriterLocksAloneUntilItCloses() {
    try (BlockDevice other = openForReading()) {
      try (BlockDevice writer = openForReading()) {
        assertTrue(writer.tryLock(LockMode.EXCLUSIVE));
        assertFalse(other.tryLock(LockMode.SHARED));
        assertFalse(other.tryLock(LockMode.EXCLUSIVE));
      }
      assertTrue(other.tryLock(LockMode.EXCLUSIVE));
    }
  }

  @Test
  void closesTwice() {
    BlockDevice device = openForReading();
    device.close();
    device.close();
    unchanged();
  }

  private void unchanged() {
    try (BlockDevice device = openForReading()) {
      assertArrayEquals(content(), read(device, 0, content().length), "the device was changed");
    }
  }

  private static void refused(
      ProblemCode code, BlockDevice device, long offset, Runnable transfer) {
    Problem problem = assertThrows(ProblemException.class, transfer::run).problem();
    assertEquals(code, problem.code());
    assertEquals(device.path(), problem.path());
    assertEquals(offset, problem.offset());
  }

  /** Reads a range with an aligned buffer. */
  public static byte[] read(BlockDevice device, long offset, int count) {
    ByteBuffer buffer = AlignedBuffers.allocate(count);
    device.read(buffer, offset);
    byte[] bytes = new byte[count];
    buffer.flip().get(bytes);
    return bytes;
  }

  private static ByteBuffer direct(byte[] bytes) {
    return AlignedBuffers.allocate(bytes.length).put(bytes).flip();
  }

  private static byte[] stamped(int count) {
    return Stamp.of('w', count);
  }
}

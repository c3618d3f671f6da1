package io.github.dmtools.dmmerge.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The fake obeys the contract, and has the faults of real devices. */
final class MemoryDeviceTest extends DeviceContract {
  private final byte[] content = Stamp.of('m', 70_000 / 512 * 512);
  private final MemoryDisk disk = new MemoryDisk("/dev/memory", content);

  @Override
  protected BlockDevice openForReading() {
    return disk.openForReading();
  }

  @Override
  protected BlockDevice openForWriting() {
    return disk.openForWriting();
  }

  @Override
  protected byte[] content() {
    return content;
  }

  @Test
  void losesWritesWithoutBarrierInACrash() {
    try (BlockDevice device = disk.openForWriting()) {
      device.write(zeroes(512), 0);
      device.barrier();
      device.write(zeroes(512), 512);
      assertEquals(0, disk.content()[512]);
      disk.crash();
    }
    byte[] expected = content.clone();
    Arrays.fill(expected, 0, 512, (byte) 0);
    assertArrayEquals(expected, disk.content());
  }

  @Test
  void losesWhatAFailedBarrierCovered() {
    try (BlockDevice device = disk.openForWriting()) {
      disk.failBarrier(2);
      device.write(zeroes(512), 0);
      device.barrier();
      device.write(zeroes(512), 512);
      assertThrows(ProblemException.class, device::barrier);
      device.barrier();
      assertEquals(0, disk.content()[512], "the page is clean, not gone");
      device.dropCaches();
    }
    byte[] expected = content.clone();
    Arrays.fill(expected, 0, 512, (byte) 0);
    assertArrayEquals(expected, disk.content());
  }

  @Test
  void stopsAtABrokenSector() {
    disk.breakForReading(new ByteRange(1024, 1));
    disk.breakForWriting(new ByteRange(2048, 512));
    try (BlockDevice device = disk.openForWriting()) {
      ProblemException read = assertThrows(ProblemException.class, () -> read(device, 0, 4096));
      assertEquals(1024, read.problem().offset());
      assertEquals(5, read.problem().errno());
      assertArrayEquals(Arrays.copyOfRange(content, 1536, 4096), read(device, 1536, 4096 - 1536));
      ProblemException write =
          assertThrows(ProblemException.class, () -> device.write(zeroes(4096), 1536));
      assertEquals(2048, write.problem().offset());
    }
    assertEquals(List.of(new ByteRange(1536, 512)), disk.writes());
  }

  @Test
  void showsWritesBeneathTheCacheOnlyAfterAFlush() {
    disk.writeBeneath(512, new byte[512]);
    try (BlockDevice device = disk.openForReading()) {
      assertArrayEquals(Arrays.copyOfRange(content, 512, 1024), read(device, 512, 512));
      device.flushCaches();
      assertArrayEquals(new byte[512], read(device, 512, 512));
    }
  }

  @Test
  void countsUnalignedTransfers() {
    try (BlockDevice device = disk.openDirect()) {
      assertThrows(IllegalArgumentException.class, () -> device.read(ByteBuffer.allocate(512), 0));
      read(device, 512, 1024);
      assertEquals(0, disk.bounced());
      read(device, 1, 512);
      read(device, 0, 511);
      ByteBuffer odd = AlignedBuffers.allocate(1024).position(1).limit(513);
      device.read(odd, 0);
      assertEquals(3, disk.bounced());
    }
  }

  @Test
  void endsWhereItWasTruncated() {
    try (BlockDevice device = disk.openForReading()) {
      disk.cutTo(4096);
      assertEquals(content.length, device.sizeBytes());
      ProblemException read = assertThrows(ProblemException.class, () -> read(device, 0, 8192));
      assertEquals(4096, read.problem().offset());
    }
    assertEquals(4096, disk.openForReading().sizeBytes());
  }

  private static ByteBuffer zeroes(int count) {
    return AlignedBuffers.allocate(count);
  }
}

package io.github.dmtools.dmmerge.copy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.ForwardingDevice;
import io.github.dmtools.dmmerge.device.MemoryDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class WritebackTest {
  private static final ByteRange FIRST = new ByteRange(0, 4096);
  private static final ByteRange SECOND = new ByteRange(8192, 512);
  private static final ByteRange THIRD = new ByteRange(4096, 4096);

  private final List<ByteRange> started = new ArrayList<>();
  private final CountDownLatch allowed = new CountDownLatch(1);

  /** A device that blocks until the test lets it continue. */
  private final BlockDevice device =
      new ForwardingDevice(new MemoryDisk("/dev/origin", new byte[16384]).openForWriting()) {
        @Override
        public void startWriteback(long offset, long bytes) {
          try {
            allowed.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          started.add(new ByteRange(offset, bytes));
        }
      };

  @Test
  void startsRangesInOrderWithoutBlocking() {
    try (TransferPool pool = new TransferPool();
        Writeback writeback = new Writeback(device, pool)) {
      writeback.start(List.of(FIRST));
      writeback.start(List.of());
      writeback.start(List.of(SECOND, THIRD));
      allowed.countDown();
    }
    assertEquals(List.of(FIRST, SECOND, THIRD), started);
  }

  /** Early writeback is optional. */
  @Test
  void doesNothingWithoutThreads() {
    TransferPool none =
        new TransferPool(
            task -> {
              throw new OutOfMemoryError("unable to create native thread");
            });
    try (none;
        Writeback writeback = new Writeback(device, none)) {
      writeback.start(List.of(FIRST));
      writeback.start(List.of(SECOND));
    }
    assertEquals(List.of(), started);
  }
}

package io.github.dmtools.dmmerge.device;

import java.nio.ByteBuffer;

/** Ends a run at its n-th write or barrier, whatever device that goes to. */
public final class PowerCut {
  private int operationsLeft;

  /**
   * @param operations that still happen; of the write behind them the first sectors do
   */
  public PowerCut(int operations) {
    this.operationsLeft = operations;
  }

  /** The run ended here. */
  public static final class Cut extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** A device that works until the cut. */
  public BlockDevice on(BlockDevice device) {
    return new Wired(device);
  }

  private boolean isOver() {
    return operationsLeft-- <= 0;
  }

  private final class Wired implements BlockDevice {
    private static final int SECTOR_BYTES = 512;

    private final BlockDevice device;

    Wired(BlockDevice device) {
      this.device = device;
    }

    @Override
    public String path() {
      return device.path();
    }

    @Override
    public DeviceType type() {
      return device.type();
    }

    @Override
    public long sizeBytes() {
      return device.sizeBytes();
    }

    @Override
    public int logicalBlockBytes() {
      return device.logicalBlockBytes();
    }

    @Override
    public boolean direct() {
      return device.direct();
    }

    @Override
    public int directAlignment() {
      return device.directAlignment();
    }

    @Override
    public void read(ByteBuffer target, long offset) {
      device.read(target, offset);
    }

    @Override
    public void write(ByteBuffer source, long offset) {
      if (isOver()) {
        int sectors = source.remaining() / SECTOR_BYTES / 2;
        device.write(source.limit(source.position() + sectors * SECTOR_BYTES), offset);
        throw new Cut();
      }
      device.write(source, offset);
    }

    @Override
    public void barrier() {
      if (isOver()) {
        throw new Cut();
      }
      device.barrier();
    }

    @Override
    public void flushCaches() {
      device.flushCaches();
    }

    @Override
    public void forgetCaches() {
      device.forgetCaches();
    }

    @Override
    public boolean tryLock(LockMode mode) {
      return device.tryLock(mode);
    }

    @Override
    public void close() {
      device.close();
    }
  }
}

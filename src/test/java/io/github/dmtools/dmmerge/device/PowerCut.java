package io.github.dmtools.dmmerge.device;

import java.nio.ByteBuffer;

/** Ends a run at its n-th write or barrier, whatever device that goes to. */
public final class PowerCut {
  private int operationsLeft;

  /**
   * @param operations that still happen; of the write after them the first sectors do
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

  private final class Wired extends ForwardingDevice {
    private static final int SECTOR_BYTES = 512;

    Wired(BlockDevice device) {
      super(device);
    }

    @Override
    public void write(ByteBuffer source, long offset) {
      if (isOver()) {
        int sectors = source.remaining() / SECTOR_BYTES / 2;
        super.write(source.limit(source.position() + sectors * SECTOR_BYTES), offset);
        throw new Cut();
      }
      super.write(source, offset);
    }

    @Override
    public void barrier() {
      if (isOver()) {
        throw new Cut();
      }
      super.barrier();
    }
  }
}

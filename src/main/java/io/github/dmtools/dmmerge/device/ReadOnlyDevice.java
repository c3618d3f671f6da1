package io.github.dmtools.dmmerge.device;

import java.nio.ByteBuffer;

/** A device that cannot be written through: what a dry run gets, instead of an {@code if}. */
public final class ReadOnlyDevice implements BlockDevice {
  private final BlockDevice device;

  public ReadOnlyDevice(BlockDevice device) {
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
    throw new UnsupportedOperationException("write to " + path() + ", opened for reading only");
  }

  @Override
  public void barrier() {
    throw new UnsupportedOperationException("barrier on " + path() + ", opened for reading only");
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

package io.github.dmtools.dmmerge.device;

import java.nio.ByteBuffer;

/** Forwards all calls to another device. Subclasses change some of them. */
public abstract class ForwardingDevice implements BlockDevice {
  private final BlockDevice device;

  protected ForwardingDevice(BlockDevice device) {
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
    device.write(source, offset);
  }

  @Override
  public void prefetch(long offset, long bytes) {
    device.prefetch(offset, bytes);
  }

  @Override
  public void startWriteback(long offset, long bytes) {
    device.startWriteback(offset, bytes);
  }

  @Override
  public boolean mayShareInto(BlockDevice target) {
    return device.mayShareInto(target);
  }

  @Override
  public boolean shareInto(BlockDevice target, long offset, long targetOffset, long bytes) {
    return device.shareInto(target, offset, targetOffset, bytes);
  }

  @Override
  public void barrier() {
    device.barrier();
  }

  @Override
  public void flushCaches() {
    device.flushCaches();
  }

  @Override
  public void dropCaches() {
    device.dropCaches();
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

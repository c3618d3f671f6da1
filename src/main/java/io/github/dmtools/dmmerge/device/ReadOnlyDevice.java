package io.github.dmtools.dmmerge.device;

import java.nio.ByteBuffer;

/** Refuses writes. A dry run uses it instead of checking a flag at every write. */
public final class ReadOnlyDevice extends ForwardingDevice {
  public ReadOnlyDevice(BlockDevice device) {
    super(device);
  }

  @Override
  public void write(ByteBuffer source, long offset) {
    throw new UnsupportedOperationException("write to " + path() + ", opened for reading only");
  }

  @Override
  public void barrier() {
    throw new UnsupportedOperationException("barrier on " + path() + ", opened for reading only");
  }
}

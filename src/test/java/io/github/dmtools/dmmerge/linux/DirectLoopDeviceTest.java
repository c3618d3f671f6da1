package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.device.DeviceType;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A block device with O_DIRECT. */
final class DirectLoopDeviceTest extends LinuxDeviceContract {
  private @Nullable LoopDevice loop;

  DirectLoopDeviceTest() {
    super(true, 70_144);
  }

  @BeforeEach
  void attach() {
    loop = LoopDevice.over(file());
  }

  @AfterEach
  void detach() {
    if (loop != null) {
      loop.close();
    }
  }

  @Override
  Path path() {
    if (loop == null) {
      throw new IllegalStateException("not attached");
    }
    return loop.node();
  }

  @Override
  DeviceType type() {
    return DeviceType.BLOCK;
  }
}

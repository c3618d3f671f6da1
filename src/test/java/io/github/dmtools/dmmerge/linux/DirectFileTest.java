package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.device.DeviceType;
import java.nio.file.Path;

/** A file as a device, with O_DIRECT. */
final class DirectFileTest extends LinuxDeviceContract {
  DirectFileTest() {
    super(true, 70_001);
  }

  @Override
  Path path() {
    return file();
  }

  @Override
  DeviceType type() {
    return DeviceType.FILE;
  }
}

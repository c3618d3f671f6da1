package io.github.dmtools.dmmerge.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.DeviceContract;
import io.github.dmtools.dmmerge.device.DeviceType;
import io.github.dmtools.dmmerge.device.Stamp;
import io.github.dmtools.dmmerge.problem.Warning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The device contract for {@link LinuxDevices}. */
abstract class LinuxDeviceContract extends DeviceContract {
  @TempDir private Path directory;

  private final LinuxDevices devices = new LinuxDevices();
  private final List<Warning> warnings = new ArrayList<>();
  private final boolean direct;
  private final byte[] content;

  LinuxDeviceContract(boolean direct, int bytes) {
    this.direct = direct;
    this.content = Stamp.of('l', bytes);
  }

  @BeforeEach
  void fill() throws IOException {
    Files.write(file(), content);
  }

  Path file() {
    return directory.resolve("disk");
  }

  /** The path to open. */
  abstract Path path();

  abstract DeviceType type();

  @Override
  protected final BlockDevice openForReading() {
    return devices.openForReading(path().toString(), direct, warnings::add);
  }

  @Override
  protected final BlockDevice openForWriting() {
    try (BlockDevice reader = openForReading()) {
      return devices.openForWriting(reader, false, warnings::add);
    }
  }

  @Override
  protected final byte[] content() {
    return content;
  }

  @Test
  void isWhatItWasOpenedAs() {
    try (BlockDevice device = openForWriting()) {
      assertEquals(type(), device.type());
      assertEquals(path().toString(), device.path());
      if (direct && !device.direct()) {
        assertTrue(
            warnings.stream().anyMatch(warning -> warning.code().equals("direct.unavailable")));
      } else {
        assertEquals(direct, device.direct());
        assertEquals(List.of(), warnings);
      }
    }
  }
}

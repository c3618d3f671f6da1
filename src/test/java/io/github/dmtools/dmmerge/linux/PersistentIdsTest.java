package io.github.dmtools.dmmerge.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.PersistentId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A device keeps its name, and different devices have different names. */
final class PersistentIdsTest {
  @TempDir private Path directory;

  @Test
  void aFileHasOneNameByEveryPath() throws IOException {
    Path file = Files.write(directory.resolve("file"), new byte[4096]);
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);
    PersistentId name = name(file);
    assertTrue(name.lasting(), name.text());
    assertEquals(name, name(link));
    Files.write(file, new byte[8192]);
    assertEquals(name, name(Files.move(file, directory.resolve("renamed"))));
    Path copy = Files.copy(directory.resolve("renamed"), file);
    assertNotEquals(name, name(copy));
  }

  @Test
  void aFileWithoutCreationTimeHasNoLastingName() {
    assertEquals(
        new PersistentId("file:77", false),
        new PersistentIds(new Syscalls(new FakeLibC(new byte[0])), new SysBlock())
            .of(FakeLibC.regular(5), "/file"));
  }

  @Test
  void aLoopDeviceIsNamedByItsFileAndRange() throws IOException {
    Path file = Files.write(directory.resolve("file"), new byte[1 << 20]);
    PersistentId itself = name(file);
    PersistentId first;
    try (LoopDevice loop = LoopDevice.over(file)) {
      first = name(loop.node());
      assertEquals(itself.text(), first.text());
      assertTrue(first.lasting());
      assertEquals("loop:0:" + file.toRealPath(), first.formerText());
    }
    file = Files.move(file, directory.resolve("renamed"));
    try (LoopDevice again = LoopDevice.over(file);
        LoopDevice other = LoopDevice.over(file, "--offset=4096");
        LoopDevice limited = LoopDevice.over(file, "--sizelimit=8192")) {
      assertEquals(first.text(), name(again.node()).text());
      assertEquals("loop:4096:0:" + itself.text(), name(other.node()).text());
      assertEquals("loop:0:8192:" + itself.text(), name(limited.node()).text());
      assertTrue(name(other.node()).lasting());
    }
  }

  @Test
  void anotherFileAtThePathIsAnotherDevice() throws IOException {
    Path file = Files.write(directory.resolve("file"), new byte[1 << 20]);
    PersistentId first;
    try (LoopDevice loop = LoopDevice.over(file)) {
      first = name(loop.node());
    }
    Files.move(file, directory.resolve("away"));
    Files.write(file, new byte[1 << 20]);
    try (LoopDevice loop = LoopDevice.over(file)) {
      assertNotEquals(first.text(), name(loop.node()).text());
      Files.delete(file);
      assertFalse(name(loop.node()).lasting());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "LVM-aabb-real, LVM-aabb",
    "LVM-aabb,      LVM-aabb",
    "LVM-aabb-cow,  LVM-aabb-cow",
    "mine-real,     mine-real",
  })
  void theLayerBeneathAVolumeHasTheNameOfTheVolume(String uuid, String name) {
    assertEquals(name, PersistentIds.withoutLayer(uuid));
  }

  @Test
  void readsThePartitionUuidOfTheKernel() {
    assertEquals(
        "ab-01", PersistentIds.partitionUuid("MAJOR=8\nPARTN=1\nPARTUUID=ab-01\nDISKSEQ=9"));
    assertNull(PersistentIds.partitionUuid("MAJOR=8\nPARTN=1"));
    assertNull(PersistentIds.partitionUuid(null));
  }

  private static PersistentId name(Path path) {
    LinuxDevices devices = new LinuxDevices();
    try (BlockDevice device = devices.openForReading(path.toString(), false, warning -> {})) {
      return devices.nameOf(device);
    }
  }
}

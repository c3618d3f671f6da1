package io.github.dmtools.dmmerge.merge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.device.DeviceContent;
import io.github.dmtools.dmmerge.device.DeviceContent.Usage;
import io.github.dmtools.dmmerge.device.Identification;
import io.github.dmtools.dmmerge.device.MemoryDisk;
import io.github.dmtools.dmmerge.device.Stamp;
import io.github.dmtools.dmmerge.exceptionstore.StoreImage;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.Warning;
import io.github.dmtools.dmmerge.report.Report;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Refusals and warnings because of an origin's content. */
final class OriginContentTest {
  private static final int CHUNK = 4096;
  private static final String ORIGIN = "/images/origin";

  private final StoreImage image = StoreImage.withRoomFor(8, 2).entry(0, 2);

  @Test
  void refusesAFileInAnImageFormat() {
    MemoryDisk origin = new MemoryDisk(ORIGIN, qcow2());
    MemoryDevices devices = devices(origin).file(ORIGIN);
    ProblemException refused =
        assertThrows(ProblemException.class, () -> merge(devices).apply(job(true), 10, null));
    assertEquals(ProblemCode.ORIGIN_FORMAT, refused.problem().code());
    assertEquals(ORIGIN, refused.problem().path());
    assertEquals(0, devices.openedForWriting());
    assertArrayEquals(qcow2(), origin.content());
    for (Report report :
        List.of(merge(devices).apply(job(false), 10, null), merge(devices).verify(job(true), 10))) {
      boolean verify = report.command() == Report.Command.VERIFY;
      assertEquals(verify ? Report.Status.DIFFERENT : Report.Status.PLANNED, report.status());
      assertEquals(List.of("origin.format"), codes(report.warnings()));
      assertEquals("qcow2", Objects.requireNonNull(report.output().content()).type());
      assertEquals(Usage.IMAGE, Objects.requireNonNull(report.output().content()).usage());
    }
  }

  @Test
  void writesAVolumeInAnImageFormatWithAWarning() {
    MemoryDisk origin = new MemoryDisk(ORIGIN, qcow2());
    Report report = merge(devices(origin)).apply(job(true), 10, null);
    assertEquals(Report.Status.APPLIED, report.status());
    assertEquals(List.of("origin.format"), codes(report.warnings()));
    assertEquals("qcow2", Objects.requireNonNull(report.output().content()).type());
  }

  @ParameterizedTest
  @CsvSource({
    "ext4,              FILESYSTEM,      ''",
    "gpt,               PARTITION_TABLE, ''",
    "swap,              OTHER,           ''",
    "DM_snapshot_cow,   OTHER,           ''",
    "LVM2_member,       RAID,            origin.member",
    "linux_raid_member, RAID,            origin.member",
    "crypto_LUKS,       CRYPTO,          origin.member",
    "bcache,            OTHER,           origin.member",
    "zfs_member,        FILESYSTEM,      origin.member",
  })
  void warnsOfMembers(String type, Usage usage, String code) {
    DeviceContent content = new DeviceContent(type, usage, "1", "label", "uuid", null);
    Report report = applied(Identification.of(content));
    assertEquals(content, report.output().content());
    assertEquals(code.isEmpty() ? List.of() : List.of(code), codes(report.warnings()));
  }

  @Test
  void warnsOfConflictingSignatures() {
    Report report = applied(Identification.ambiguous(List.of("ext4", "xfs")));
    assertEquals(DeviceContent.ambiguous(), report.output().content());
    assertEquals(List.of("origin.ambiguous"), codes(report.warnings()));
    assertTrue(report.warnings().get(0).message().contains("ext4, xfs"));
  }

  @Test
  void warnsWithoutTheLibrary() {
    Report report = applied(Identification.unavailable("no library"));
    assertNull(report.output().content());
    assertEquals(List.of("origin.unidentified"), codes(report.warnings()));
  }

  @Test
  void reportsNoContent() {
    Report report = applied(Identification.of(null));
    assertNull(report.output().content());
    assertEquals(List.of(), report.warnings());
  }

  /** A read error is reported only if the run needs the data. */
  @Test
  void writesAnOriginWithAReadErrorAtItsEnd() {
    MemoryDisk origin = new MemoryDisk(ORIGIN, Stamp.of('o', 4 * CHUNK));
    origin.breakForReading(new ByteRange(4L * CHUNK - 512, 512));
    Report report = merge(devices(origin)).apply(job(true), 10, null);
    assertEquals(Report.Status.APPLIED, report.status());
    assertNull(report.output().content());
    assertEquals(List.of("origin.unidentified"), codes(report.warnings()));
  }

  @Test
  void writesAFixedVhdWithAWarning() {
    byte[] vhd = Stamp.of('o', 4 * CHUNK);
    put(vhd, vhd.length - 512, "636f6e65637469780000000200010000");
    put(vhd, vhd.length - 512 + 0x3c, "00000002");
    MemoryDisk origin = new MemoryDisk(ORIGIN, vhd);
    DeviceContent content = new DeviceContent("ext4", Usage.FILESYSTEM, null, null, null, null);
    MemoryDevices devices =
        devices(origin).file(ORIGIN).identify(ORIGIN, Identification.of(content));
    Report report = merge(devices).apply(job(true), 10, null);
    assertEquals(Report.Status.APPLIED, report.status());
    assertEquals(content, report.output().content());
    assertEquals(List.of("origin.format"), codes(report.warnings()));
  }

  private Report applied(Identification found) {
    MemoryDisk origin = new MemoryDisk(ORIGIN, Stamp.of('o', 4 * CHUNK));
    MemoryDevices devices = devices(origin).file(ORIGIN).identify(ORIGIN, found);
    Report report = merge(devices).apply(job(true), 10, null);
    assertEquals(Report.Status.APPLIED, report.status());
    assertNotNull(report.output());
    return report;
  }

  private MemoryDevices devices(MemoryDisk origin) {
    return new MemoryDevices().add(image.disk()).add(origin);
  }

  private Job job(boolean force) {
    return Job.plain(image.disk().path(), ORIGIN, false, false, force);
  }

  private static List<String> codes(List<Warning> warnings) {
    return warnings.stream().map(Warning::code).toList();
  }

  private static byte[] qcow2() {
    byte[] bytes = Stamp.of('o', 4 * CHUNK);
    put(bytes, 0, "514649fb00000003");
    return bytes;
  }

  private static void put(byte[] bytes, int offset, String hex) {
    byte[] value = HexFormat.of().parseHex(hex);
    System.arraycopy(value, 0, bytes, offset, value.length);
  }

  private static Merge merge(MemoryDevices devices) {
    return new Merge(
        devices,
        Clock.systemUTC(),
        new SilentListener() {},
        CancelSignal.NEVER,
        List.of(),
        new TestEnvironment());
  }
}

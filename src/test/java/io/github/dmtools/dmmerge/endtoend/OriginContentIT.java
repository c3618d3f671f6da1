package io.github.dmtools.dmmerge.endtoend;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.device.DeviceContent;
import io.github.dmtools.dmmerge.device.DeviceContent.Usage;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.Warning;
import io.github.dmtools.dmmerge.report.Report;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The content of an origin is reported as by blkid, and an image that is not raw is refused. */
final class OriginContentIT {
  private static final int FORBIDDEN = 78;
  private static final long BYTES = 32L << 20;

  /** The smallest size for mkfs.xfs. */
  private static final long XFS_BYTES = 300L << 20;

  /** An offset that is far from every signature known to libblkid. */
  private static final long CHUNK_TO_WRITE = 6_000;

  @TempDir private Path directory;
  private Path store = Path.of("");
  private Path origin = Path.of("");

  @BeforeEach
  void make() {
    store =
        new StoreFile(directory.resolve("cow"), 8, 1 << 20)
            .entry(CHUNK_TO_WRITE, 2)
            .data(2, 7)
            .path();
    origin = StoreFile.sparse(directory.resolve("origin"), BYTES);
  }

  /** The launcher's documents; the other kinds of content are looked at in this process. */
  @ParameterizedTest
  @ValueSource(strings = {"ext4", "luks"})
  void isInEveryDocument(String kind) throws IOException {
    fill(kind);
    List<String> warnings = kind.equals("luks") ? List.of("origin.member") : List.of();
    JsonNode content = expectEverywhere(origin, warnings);
    requireAsBlkid(content, origin);
    JsonNode report = run(origin, true, 0, "apply");
    assertEquals("applied", report.path("status").asString());
    assertEquals(content, report.at("/output/content"));
    assertEquals(warnings, report.path("warnings").findValuesAsString("code"));
  }

  private static void requireAsBlkid(JsonNode content, Path path) {
    Map<String, String> found = blkid(path);
    assertEquals(found.get("TYPE"), content.path("type").asString());
    assertEquals(found.get("VERSION"), textOf(content, "version"));
    assertEquals(found.get("LABEL"), textOf(content, "label"));
    assertEquals(found.get("UUID"), textOf(content, "uuid"));
    assertEquals(found.get("PTTYPE"), textOf(content, "partition_table"));
  }

  @ParameterizedTest
  @CsvSource({
    "ext4,    FILESYSTEM,      ext4",
    "xfs,     FILESYSTEM,      xfs",
    "swap,    OTHER,           swap",
    "gpt,     PARTITION_TABLE, gpt",
    "dos,     PARTITION_TABLE, dos",
    "lvm,     RAID,            LVM2_member",
    "md,      RAID,            linux_raid_member",
    "luks,    CRYPTO,          crypto_LUKS",
    "bcache,  OTHER,           bcache",
  })
  void namesWhatBlkidFinds(String kind, Usage usage, String type) throws IOException {
    fill(kind);
    boolean member = List.of("lvm", "md", "luks", "bcache").contains(kind);
    List<String> warnings = member ? List.of("origin.member") : List.of();
    Map<String, String> found = blkid(origin);
    boolean table = usage == Usage.PARTITION_TABLE;
    assertEquals(type, found.get(table ? "PTTYPE" : "TYPE"));
    DeviceContent content =
        new DeviceContent(
            type,
            usage,
            found.get("VERSION"),
            found.get("LABEL"),
            found.get(table ? "PTUUID" : "UUID"),
            found.get("PTTYPE"));
    assertEquals(content, dryRun(origin, warnings));
    try (Loop loop = Loop.over(origin)) {
      assertEquals(content, dryRun(loop.device(), warnings));
    }
    Report report = apply(origin);
    assertEquals(content, contentOf(report));
    assertEquals(warnings, codes(report));
  }

  @Test
  void nothing() {
    assertNull(dryRun(origin, List.of()));
  }

  @Test
  void aPartitionTableInSectorsOf4096Bytes() {
    try (Loop loop = Loop.over(origin, "--sector-size=4096")) {
      partition(loop.device(), "gpt");
      assertEquals("gpt", requireNonNull(dryRun(loop.device(), List.of())).type());
    }
  }

  @Test
  void conflictingSignatures() throws IOException {
    fill("ext4");
    byte[] superblock = new byte[1024];
    try (var file = Files.newByteChannel(origin)) {
      file.position(1024).read(ByteBuffer.wrap(superblock));
    }
    fill("xfs");
    Signatures.write(origin, 1024, ByteBuffer.wrap(superblock));
    assertEquals(DeviceContent.ambiguous(), dryRun(origin, List.of("origin.ambiguous")));
    Launcher.Result plan = launcher(origin, false).run("plan", "-").expect(0);
    assertEquals("ambiguous", plan.json().at("/output/content/usage").asString());
    assertTrue(plan.stderr().contains("ext4") && plan.stderr().contains("xfs"), plan::stderr);
  }

  @Test
  void aHostileLabel() throws IOException {
    Shell.run("mkfs.ext4", "-q", "-O", "^metadata_csum", origin.toString());
    Signatures.write(
        origin, 1024 + 120, ByteBuffer.wrap(new byte[] {27, '[', '3', '1', 'm', (byte) 0xff, 'x'}));
    JsonNode content = run(origin, false, 0, "plan").at("/output/content");
    assertEquals("\ufffd[31m\ufffdx", content.path("label").asString());
  }

  @Test
  void anImageThatIsNotRawIsInEveryDocument() {
    Path image = image("qcow2");
    String before = Fixture.sha256(image);
    JsonNode problem = run(image, true, FORBIDDEN, "apply");
    assertEquals("origin.format", problem.path("code").asString());
    assertEquals(image.toString(), problem.path("path").asString());
    JsonNode content = expectEverywhere(image, List.of("origin.format"));
    assertEquals("qcow2", content.path("type").asString());
    assertEquals("image", content.path("usage").asString());
    assertEquals(before, Fixture.sha256(image));
  }

  @ParameterizedTest
  @ValueSource(strings = {"qcow", "qcow2", "qed", "vmdk", "vdi", "vhdx", "vpc", "parallels"})
  void anImageThatIsNotRawIsRefused(String format) {
    Path image = image(format);
    String before = Fixture.sha256(image);
    refused(image);
    DeviceContent content = requireNonNull(dryRun(image, List.of("origin.format")));
    assertEquals(format, content.type());
    assertEquals(Usage.IMAGE, content.usage());
    try (Loop loop = Loop.over(image)) {
      refused(loop.device());
      assertEquals(content, dryRun(loop.device(), List.of("origin.format")));
    }
    assertEquals(before, Fixture.sha256(image));
  }

  @Test
  void aVmdkDescriptorIsRefused() {
    Path image = directory.resolve("image.vmdk");
    Shell.run(
        "qemu-img",
        "create",
        "-q",
        "-f",
        "vmdk",
        "-o",
        "subformat=monolithicFlat",
        "" + image,
        "4M");
    String before = Fixture.sha256(image);
    new StoreFile(store, 8, 1 << 20).data(1, 0); // an empty table: the descriptor is short
    refused(image);
    assertEquals(before, Fixture.sha256(image));
    // Its extent is raw.
    assertNull(contentOf(apply(directory.resolve("image-flat.vmdk"), Report.Status.UNCHANGED)));
  }

  /** Virtual machines have such volumes, and a snapshot has their raw bytes. */
  @Test
  void aVolumeThatHoldsAnImageIsWritten() {
    Shell.run("qemu-img", "create", "-q", "-f", "qcow2", origin.toString(), "30M");
    Shell.run("truncate", "--size=" + BYTES, origin.toString());
    try (Setup setup = new Setup()) {
      Path disk = setup.loop(origin);
      Path volume = setup.loop(disk);
      DeviceContent content = dryRun(volume, List.of("origin.format"));
      assertEquals("qcow2", requireNonNull(content).type());
      String before = Fixture.sha256(volume);
      assertEquals(List.of("origin.format"), codes(apply(volume)));
      assertNotEquals(before, Fixture.sha256(volume));
    }
  }

  @Test
  void aFixedVhdIsWrittenWithAWarning() {
    Path image = directory.resolve("image.vhd");
    Shell.run("qemu-img", "create", "-q", "-f", "vpc", "-o", "subformat=fixed", "" + image, "32M");
    assertEquals(List.of("origin.format"), codes(apply(image)));
  }

  @Test
  void withoutTheLibrary() throws IOException {
    fill("ext4");
    JsonNode plan = withoutBlkid(launcher(origin, false)).run("plan", "-").expect(0).json();
    assertTrue(plan.at("/output/content").isNull());
    assertEquals(List.of("origin.unidentified"), plan.path("warnings").findValuesAsString("code"));
    JsonNode report = withoutBlkid(launcher(origin, true)).run("apply", "-").expect(0).json();
    assertEquals("applied", report.path("status").asString());
    assertTrue(report.at("/output/content").isNull());
    Path image = image("qcow2");
    String before = Fixture.sha256(image);
    withoutBlkid(launcher(image, true)).run("apply", "-").expectProblem(FORBIDDEN, "origin.format");
    assertEquals(before, Fixture.sha256(image));
  }

  /** Hides the library in a mount namespace of the run. */
  private static Launcher withoutBlkid(Launcher launcher) {
    return launcher.prefixedBy(
        "unshare",
        "--mount",
        "sh",
        "-c",
        "for library in $(ldconfig -p | sed -n 's/.*libblkid\\.so\\.1 .* => //p'); do"
            + " mount --bind /dev/null \"$library\" || exit 1; done; exec \"$@\"",
        "sh");
  }

  private Path image(String format) {
    Path image = directory.resolve("image");
    Shell.run("qemu-img", "create", "-q", "-f", format, image.toString(), "30M");
    Shell.run("truncate", "--size=>" + (CHUNK_TO_WRITE + 1) * 4096, image.toString());
    return image;
  }

  private void fill(String kind) throws IOException {
    String path = origin.toString();
    switch (kind) {
      case "ext4" -> Shell.run("mkfs.ext4", "-q", "-F", "-L", "data", path);
      case "xfs" -> {
        StoreFile.sparse(origin, XFS_BYTES);
        Shell.run("mkfs.xfs", "-q", "-f", "-L", "data", path);
      }
      case "swap" -> Shell.run("mkswap", "--label", "data", path);
      case "gpt", "dos" -> partition(origin, kind);
      case "lvm" -> Signatures.lvm(origin);
      case "md" -> Signatures.md(origin);
      case "luks" -> Signatures.luks(origin);
      case "bcache" -> Signatures.bcache(origin);
      default -> throw new IllegalArgumentException(kind);
    }
  }

  private static void partition(Path disk, String label) {
    String script = "printf 'label: %s\\nsize=10M\\n' \"$1\" | sfdisk --quiet --no-reread \"$0\"";
    Shell.run("sh", "-c", script, disk.toString(), label);
  }

  /** The output of blkid: {@code KEY=VALUE} lines. */
  private static Map<String, String> blkid(Path path) {
    Map<String, String> found = new HashMap<>();
    String output = Shell.run("blkid", "--probe", "--output", "export", path.toString());
    for (String line : output.lines().toList()) {
      int equals = line.indexOf('=');
      found.put(line.substring(0, equals), line.substring(equals + 1).replace("\\ ", " "));
    }
    return found;
  }

  /** Plan, dry run and verify have the same content and warnings, and change nothing. */
  private JsonNode expectEverywhere(Path output, List<String> warnings) {
    String before = Fixture.sha256(output);
    JsonNode content = run(output, false, 0, "plan").at("/output/content");
    for (JsonNode document :
        List.of(
            run(output, false, 0, "plan", "--metadata-only"),
            run(output, false, 0, "apply"),
            run(output, true, 2, "verify"))) {
      assertEquals(content, document.at("/output/content"));
      assertEquals(warnings, document.path("warnings").findValuesAsString("code"));
    }
    assertEquals(before, Fixture.sha256(output));
    return content;
  }

  /** In this process, as {@link #apply} and {@link #refused}: nothing is changed. */
  private @Nullable DeviceContent dryRun(Path output, List<String> warnings) {
    String before = Fixture.sha256(output);
    Report report = InProcess.apply(store, output, false);
    assertEquals(warnings, codes(report));
    assertEquals(before, Fixture.sha256(output));
    return contentOf(report);
  }

  private Report apply(Path output) {
    return apply(output, Report.Status.APPLIED);
  }

  private Report apply(Path output, Report.Status status) {
    Report report = InProcess.apply(store, output, true);
    assertEquals(status, report.status());
    return report;
  }

  private void refused(Path output) {
    Problem problem = InProcess.refusal(store, output);
    assertEquals(ProblemCode.ORIGIN_FORMAT, problem.code());
    assertEquals(output.toString(), problem.path());
  }

  private static @Nullable DeviceContent contentOf(Report report) {
    return requireNonNull(report.output()).content();
  }

  private static List<String> codes(Report report) {
    return report.warnings().stream().map(Warning::code).toList();
  }

  private JsonNode run(Path output, boolean force, int status, String command, String... options) {
    String[] arguments = new String[options.length + 2];
    arguments[0] = command;
    arguments[1] = "-";
    System.arraycopy(options, 0, arguments, 2, options.length);
    return launcher(output, force).run(arguments).expect(status).json();
  }

  private Launcher launcher(Path output, boolean force) {
    return Launcher.inThisProcess(directory).stdin(Fixture.job(store, output, force));
  }

  private static @Nullable String textOf(JsonNode content, String field) {
    return content.path(field).isNull() ? null : content.path(field).asString();
  }
}

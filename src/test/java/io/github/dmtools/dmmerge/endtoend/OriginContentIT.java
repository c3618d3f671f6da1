package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

  @ParameterizedTest
  @CsvSource({
    "ext4,    filesystem,      ext4",
    "xfs,     filesystem,      xfs",
    "swap,    other,           swap",
    "gpt,     partition_table, gpt",
    "dos,     partition_table, dos",
    "lvm,     raid,            LVM2_member",
    "md,      raid,            linux_raid_member",
    "luks,    crypto,          crypto_LUKS",
    "bcache,  other,           bcache",
  })
  void namesWhatBlkidFinds(String kind, String usage, String type) throws IOException {
    fill(kind);
    boolean member = List.of("lvm", "md", "luks", "bcache").contains(kind);
    List<String> warnings = member ? List.of("origin.member") : List.of();
    Map<String, String> found = blkid(origin);
    JsonNode content = expectEverywhere(origin, warnings);
    assertEquals(type, content.path("type").asString());
    assertEquals(usage, content.path("usage").asString());
    boolean table = usage.equals("partition_table");
    assertEquals(found.get(table ? "PTTYPE" : "TYPE"), content.path("type").asString());
    assertEquals(found.get("VERSION"), textOf(content, "version"));
    assertEquals(found.get("LABEL"), textOf(content, "label"));
    assertEquals(found.get(table ? "PTUUID" : "UUID"), textOf(content, "uuid"));
    assertEquals(found.get("PTTYPE"), textOf(content, "partition_table"));
    try (Loop loop = Loop.over(origin)) {
      assertEquals(content, expectEverywhere(loop.device(), warnings));
    }
    JsonNode report = run(origin, true, 0, "apply");
    assertEquals("applied", report.path("status").asString());
    assertEquals(content, report.at("/output/content"));
    assertEquals(warnings, report.path("warnings").findValuesAsString("code"));
  }

  @Test
  void nothing() {
    assertTrue(expectEverywhere(origin, List.of()).isNull());
  }

  @Test
  void aPartitionTableInSectorsOf4096Bytes() {
    try (Loop loop = Loop.over(origin, "--sector-size=4096")) {
      partition(loop.device(), "gpt");
      JsonNode content = expectEverywhere(loop.device(), List.of());
      assertEquals("gpt", content.path("type").asString());
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
    JsonNode content = expectEverywhere(origin, List.of("origin.ambiguous"));
    assertTrue(content.path("type").isNull());
    assertEquals("ambiguous", content.path("usage").asString());
    Launcher.Result plan = launcher(origin, false).run("plan", "-").expect(0);
    assertTrue(plan.stderr().contains("ext4") && plan.stderr().contains("xfs"), plan::stderr);
  }

  @Test
  void aHostileLabel() throws IOException {
    Shell.run("mkfs.ext4", "-q", "-O", "^metadata_csum", origin.toString());
    Signatures.write(
        origin, 1024 + 120, ByteBuffer.wrap(new byte[] {27, '[', '3', '1', 'm', (byte) 0xff, 'x'}));
    JsonNode content = expectEverywhere(origin, List.of());
    assertEquals("\ufffd[31m\ufffdx", content.path("label").asString());
  }

  @ParameterizedTest
  @CsvSource({
    "qcow,      qcow",
    "qcow2,     qcow2",
    "qed,       qed",
    "vmdk,      vmdk",
    "vdi,       vdi",
    "vhdx,      vhdx",
    "vpc,       vpc",
    "parallels, parallels",
  })
  void anImageThatIsNotRawIsRefused(String format, String type) {
    Path image = directory.resolve("image");
    Shell.run("qemu-img", "create", "-q", "-f", format, image.toString(), "30M");
    Shell.run("truncate", "--size=>" + (CHUNK_TO_WRITE + 1) * 4096, image.toString());
    String before = Fixture.sha256(image);
    JsonNode problem = run(image, true, FORBIDDEN, "apply");
    assertEquals("origin.format", problem.path("code").asString());
    assertEquals(image.toString(), problem.path("path").asString());
    JsonNode content = expectEverywhere(image, List.of("origin.format"));
    assertEquals(type, content.path("type").asString());
    assertEquals("image", content.path("usage").asString());
    try (Loop loop = Loop.over(image)) {
      problem = run(loop.device(), true, FORBIDDEN, "apply");
      assertEquals("origin.format", problem.path("code").asString());
      assertEquals(content, expectEverywhere(loop.device(), List.of("origin.format")));
    }
    assertEquals(before, Fixture.sha256(image));
  }

  @Test
  void aVmdkDescriptorIsRefused() throws IOException {
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
    JsonNode problem = run(image, true, FORBIDDEN, "apply");
    assertEquals("origin.format", problem.path("code").asString());
    assertEquals(before, Fixture.sha256(image));
    // The extent is raw.
    JsonNode report = run(directory.resolve("image-flat.vmdk"), true, 0, "apply");
    assertTrue(report.at("/output/content").isNull());
  }

  /** Virtual machines have such volumes, and a snapshot has their raw bytes. */
  @Test
  void aVolumeThatHoldsAnImageIsWritten() {
    Shell.run("qemu-img", "create", "-q", "-f", "qcow2", origin.toString(), "30M");
    Shell.run("truncate", "--size=" + BYTES, origin.toString());
    try (Setup setup = new Setup()) {
      Path disk = setup.loop(origin);
      Path volume = setup.loop(disk);
      JsonNode content = expectEverywhere(volume, List.of("origin.format"));
      assertEquals("qcow2", content.path("type").asString());
      String before = Fixture.sha256(volume);
      JsonNode report = run(volume, true, 0, "apply");
      assertEquals("applied", report.path("status").asString());
      assertEquals(List.of("origin.format"), report.path("warnings").findValuesAsString("code"));
      assertNotEquals(before, Fixture.sha256(volume));
    }
  }

  @Test
  void aFixedVhdIsWrittenWithAWarning() {
    Path image = directory.resolve("image.vhd");
    Shell.run("qemu-img", "create", "-q", "-f", "vpc", "-o", "subformat=fixed", "" + image, "32M");
    JsonNode report = run(image, true, 0, "apply");
    assertEquals("applied", report.path("status").asString());
    assertEquals(List.of("origin.format"), report.path("warnings").findValuesAsString("code"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "nothing"})
  void withoutTheLibrary(String kind) throws IOException {
    if (kind.equals("ext4")) {
      fill(kind);
    }
    JsonNode plan = withoutBlkid(launcher(origin, false)).run("plan", "-").expect(0).json();
    assertTrue(plan.at("/output/content").isNull());
    assertEquals(List.of("origin.unidentified"), plan.path("warnings").findValuesAsString("code"));
    JsonNode report = withoutBlkid(launcher(origin, true)).run("apply", "-").expect(0).json();
    assertEquals("applied", report.path("status").asString());
    assertTrue(report.at("/output/content").isNull());
    Path image = directory.resolve("image");
    Shell.run("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), "30M");
    Shell.run("truncate", "--size=" + BYTES, image.toString());
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

  private JsonNode run(Path output, boolean force, int status, String command, String... options) {
    String[] arguments = new String[options.length + 2];
    arguments[0] = command;
    arguments[1] = "-";
    System.arraycopy(options, 0, arguments, 2, options.length);
    return launcher(output, force).run(arguments).expect(status).json();
  }

  private Launcher launcher(Path output, boolean force) {
    return new Launcher(directory).stdin(Fixture.job(store, output, force));
  }

  private static @Nullable String textOf(JsonNode content, String field) {
    return content.path(field).isNull() ? null : content.path(field).asString();
  }
}

package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.RunsAlone;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.report.Report;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * An origin that somebody uses: refused where it would be written, a warning where it would not,
 * and untouched in any case.
 */
@RunsAlone
final class GuardsIT {
  private static final int FORBIDDEN = 78;
  private static final int ORIGIN_BYTES = 4 << 20;

  /** The store replaces the first chunk. */
  private static final int CHUNK_BYTES = 4096;

  @TempDir private Path directory;
  private Path store = Path.of("");
  private Path origin = Path.of("");

  @BeforeEach
  void make() throws IOException {
    store =
        new StoreFile(directory.resolve("cow"), 8, 1 << 20)
            .entry(0, 2)
            .entry(3, 3)
            .data(2, 7)
            .path();
    origin = Files.write(directory.resolve("origin"), new byte[ORIGIN_BYTES]);
    Files.createDirectory(directory.resolve("mnt"));
  }

  @Test
  void mounted() {
    try (Setup setup = new Setup()) {
      Path device = setup.loop(origin);
      setup.mountNewFileSystem(device, directory.resolve("mnt"));
      launcherRefuses(device, "device.mounted");
      refuses(device, "device.mounted");
      refuses(origin, "device.mounted");
    }
  }

  @Test
  void mountedByAStackedDevice() {
    try (Setup setup = new Setup()) {
      Path device = setup.loop(origin);
      Path upper = setup.loop(device);
      setup.mountNewFileSystem(upper, directory.resolve("mnt"));
      refuses(device, "device.mounted");
    }
  }

  @Test
  void stackedOn() {
    try (Setup setup = new Setup()) {
      Path device = setup.loop(origin);
      refuses(origin, "device.held");
      setup.loop(device);
      refuses(device, "device.held");
    }
  }

  @Test
  void partitionInUse() {
    try (Setup setup = new Setup()) {
      Path disk = setup.loop(origin, "--partscan");
      Path partition = directory.resolve("partition");
      setup.partition(disk, 2048, 4096, partition);
      try (Setup mounted = new Setup()) {
        mounted.mountNewFileSystem(partition, directory.resolve("mnt"));
        refuses(disk, "device.mounted");
      }
      setup.swapOn(partition);
      refuses(disk, "device.swap");
      refuses(partition, "device.swap");
    }
  }

  @Test
  void swappedTo() {
    try (Setup setup = new Setup()) {
      Path device = setup.loop(origin);
      setup.swapOn(device);
      refuses(device, "device.swap");
    }
    try (Setup setup = new Setup()) {
      Shell.run("chmod", "600", origin.toString());
      setup.swapOn(origin);
      refuses(origin, "device.swap");
    }
  }

  @Test
  void readOnly() {
    try (Setup setup = new Setup()) {
      refuses(setup.loop(origin, "--read-only"), "device.read_only");
    }
  }

  private void refuses(Path output, String code) {
    String before = untouched(output, code);
    Problem problem = InProcess.refusal(store, output);
    assertEquals(code, problem.code().code());
    assertEquals(output.toString(), problem.path());
    Report report = InProcess.apply(store, output, false);
    assertTrue(report.warnings().stream().anyMatch(warning -> warning.code().equals(code)));
    assertEquals(before, untouched(output, code));
  }

  /** The same with the launcher, whose stderr has the warnings too. */
  private void launcherRefuses(Path output, String code) {
    String before = untouched(output, code);
    Launcher launcher = new Launcher(directory).stdin(Fixture.job(store, output, true));
    JsonNode problem = launcher.run("apply", "-").expectProblem(FORBIDDEN, code).json();
    assertEquals(output.toString(), problem.path("path").asString());

    launcher.stdin(Fixture.job(store, output, false));
    for (String command : List.of("plan", "apply")) {
      Launcher.Result result = launcher.run(command, "-").expect(0);
      JsonNode warnings = result.json().path("warnings");
      assertTrue(warnings.findValuesAsString("code").contains(code), result::text);
      assertTrue(result.stderr().contains("dm-merge: warning: "), result::stderr);
    }
    assertEquals(before, untouched(output, code));
  }

  /** Bytes that only a merge would write: the kernel may swap to everything but a header. */
  private static String untouched(Path output, String code) {
    try (InputStream in = Files.newInputStream(output)) {
      return code.equals("device.swap")
          ? HexFormat.of().formatHex(in.readNBytes(CHUNK_BYTES))
          : Fixture.sha256(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

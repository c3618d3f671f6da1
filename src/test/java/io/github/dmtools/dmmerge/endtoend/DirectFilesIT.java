package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** O_DIRECT on files: without support of the file system, and with an unaligned end. */
final class DirectFilesIT {
  private static final int CHUNK = 4096;

  /** Ten chunks and a partial sector. */
  private static final int ODD_BYTES = CHUNK * 10 + 777;

  @TempDir private Path directory;

  @Test
  void fallsBackIfTheFileSystemRefusesIt() throws IOException {
    try (Mount ramfs = Mount.of("ramfs", directory.resolve("ramfs"))) {
      Fixture fixture = Fixture.unpack("commit-16k", ramfs.directory());
      Launcher launcher =
          Launcher.inThisProcess(directory)
              .stdin(DirectJob.of(fixture.store(), fixture.origin(), true));

      JsonNode plan = launcher.run("plan", "-").expect(0).json();
      requireFallback(plan, fixture);
      for (String line : DdLines.of(plan).lines()) {
        assertFalse(line.contains("flag=direct"), line);
      }
      assertEquals(fixture.before(), Fixture.sha256(fixture.origin()), "plan touched the origin");

      Launcher.Result applied = launcher.run("apply", "-").expect(0);
      requireFallback(applied.json(), fixture);
      assertTrue(applied.stderr().contains("O_DIRECT is refused"), applied.stderr());
      assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));
    }
  }

  private static void requireFallback(JsonNode document, Fixture fixture) {
    assertTrue(document.at("/job/direct").asBoolean());
    assertFalse(document.at("/input/direct").asBoolean());
    assertFalse(document.at("/output/direct").asBoolean());
    JsonNode warnings = document.path("warnings");
    assertEquals(2, warnings.size(), warnings.toString());
    for (JsonNode warning : warnings) {
      assertEquals("direct.unavailable", warning.path("code").asString());
    }
    assertEquals(
        List.of(fixture.store().toString(), fixture.origin().toString()),
        List.of(warnings.at("/0/path").asString(), warnings.at("/1/path").asString()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"random-4k", "partial-last-chunk"})
  void mergesFiles(String name) {
    Fixture fixture = Fixture.unpack(name, directory);
    Launcher launcher =
        Launcher.inThisProcess(directory)
            .stdin(DirectJob.of(fixture.store(), fixture.origin(), true));
    JsonNode report = launcher.run("apply", "-").expect(0).json();
    assertTrue(report.path("changed").asBoolean());
    boolean warned = report.path("warnings").size() > 0;
    assertEquals(!warned, report.at("/output/direct").asBoolean());
    assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));
    launcher.run("verify", "-").expect(0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void clipsTheEndOfAFileWithAPartialSector(boolean direct) throws IOException {
    Path store = directory.resolve("cow");
    new StoreFile(store, CHUNK / 512, 1 << 20).entry(10, 2).data(2, 0xab).entry(4, 3).data(3, 0xcd);
    Path origin = directory.resolve("origin");
    byte[] expected = new byte[ODD_BYTES];
    Arrays.fill(expected, (byte) 0x11);
    Files.write(origin, expected);
    Arrays.fill(expected, 10 * CHUNK, ODD_BYTES, (byte) 0xab);
    Arrays.fill(expected, 4 * CHUNK, 5 * CHUNK, (byte) 0xcd);
    Launcher launcher =
        Launcher.inThisProcess(directory).stdin(DirectJob.of(store, origin, direct));

    JsonNode report = launcher.run("apply", "-").expect(0).json();
    assertEquals(CHUNK + 777, report.at("/bytes/written").asLong());
    assertEquals(777, report.at("/mappings/0/bytes").asLong());
    assertEquals(ODD_BYTES, Files.size(origin), "the file grew");
    assertTrue(Arrays.equals(expected, Files.readAllBytes(origin)));

    assertFalse(launcher.run("apply", "-").expect(0).json().path("changed").asBoolean());
    launcher.run("verify", "-").expect(0);
  }
}

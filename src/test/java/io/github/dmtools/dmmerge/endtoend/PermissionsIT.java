package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.RunsAlone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The tool as somebody who is not root. */
@RunsAlone
final class PermissionsIT {
  private static final String NOBODY = "65534";
  private static final int NOT_PERMITTED = 77;

  @TempDir private Path directory;
  private Path store = Path.of("");
  private Path origin = Path.of("");
  private String before = "";
  private String after = "";

  /** Files in a directory of the user {@code nobody}. */
  @BeforeEach
  void make() {
    Fixture fixture = Fixture.unpack("commit-4k", directory);
    store = fixture.store();
    origin = fixture.origin();
    before = fixture.before();
    after = fixture.after();
    Shell.run("cp", "-a", Launcher.image().toString(), directory.resolve("image").toString());
    Shell.run("chmod", "755", directory.toString());
    Shell.run("chown", NOBODY + ":" + NOBODY, store.toString(), origin.toString());
  }

  @Test
  void ownFiles() {
    JsonNode report = asNobody(Fixture.job(store, origin, true)).run("apply", "-").expect(0).json();
    assertEquals("applied", report.path("status").asString());
    assertEquals(after, Fixture.sha256(origin));
  }

  @Test
  void inputThatCannotBeRead() {
    Shell.run("chmod", "000", store.toString());
    Launcher launcher = asNobody(Fixture.job(store, origin, true));
    launcher.run("apply", "-").expectProblem(NOT_PERMITTED, "path.permission");
    launcher.run("check", store.toString()).expectProblem(NOT_PERMITTED, "path.permission");
    assertEquals(before, Fixture.sha256(origin));
  }

  @Test
  void outputThatCannotBeReadOrWritten() {
    Launcher launcher = asNobody(Fixture.job(store, origin, true));
    Shell.run("chmod", "444", origin.toString());
    launcher.run("plan", "-").expect(0);
    launcher.run("apply", "-").expectProblem(NOT_PERMITTED, "path.permission");
    Shell.run("chmod", "000", origin.toString());
    launcher.run("apply", "-").expectProblem(NOT_PERMITTED, "path.permission");
    assertEquals(before, Fixture.sha256(origin));
  }

  @Test
  void jobThatCannotBeRead() throws IOException {
    Path job = Files.writeString(directory.resolve("job"), Fixture.job(store, origin, true));
    Shell.run("chmod", "000", job.toString());
    asNobody("").run("apply", job.toString()).expectProblem(NOT_PERMITTED, "path.permission");
    assertEquals(before, Fixture.sha256(origin));
  }

  @Test
  void directoryThatCannotBeWritten() {
    Launcher launcher = asNobody(Fixture.job(store, origin, true));
    for (String option : new String[] {"-o", "--plan-out"}) {
      String place = directory.resolve("report").toString();
      launcher.run("apply", "-", option, place).expectProblem(73, "output.create");
    }
    assertEquals(before, Fixture.sha256(origin));
  }

  @Test
  void deviceOfAnotherUser() {
    try (Setup setup = new Setup()) {
      Path device = setup.loop(origin);
      Shell.run("chmod", "600", device.toString());
      Launcher launcher = asNobody(Fixture.job(store, device, true));
      launcher.run("apply", "-").expectProblem(NOT_PERMITTED, "path.permission");
      assertEquals(before, Fixture.sha256(device));
    }
  }

  /** BLKFLSBUF requires CAP_SYS_ADMIN, whoever owns the device. */
  @Test
  void ownDeviceCanBeMergedWhenRelaxed() {
    try (Setup setup = new Setup()) {
      Path device = setup.loop(origin);
      String owner = Shell.run("stat", "--format=%u:%g", device.toString());
      try {
        Shell.run("chown", NOBODY + ":" + NOBODY, device.toString());
        String job = Fixture.job(store, device, true);
        asNobody(job).run("apply", "-").expectProblem(74, "device.flush");
        assertEquals(before, Fixture.sha256(device));

        String relaxed = job.replace("{", "{\"relaxed\": true, ");
        Launcher.Result result = asNobody(relaxed).run("apply", "-").expect(0);
        JsonNode report = result.json();
        assertEquals("applied", report.path("status").asString());
        assertTrue(report.path("warnings").findValuesAsString("code").contains("device.flush"));
        assertTrue(result.stderr().contains("dm-merge: warning: cannot flush"), result::stderr);
        assertEquals(after, Fixture.sha256(device));
      } finally {
        Shell.run("chown", owner, device.toString());
      }
    }
  }

  private Launcher asNobody(String job) {
    return new Launcher(directory)
        .prefixedBy("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups")
        .executable(directory.resolve("image/bin/dm-merge"))
        .stdin(job);
  }
}

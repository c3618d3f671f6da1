package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other devices with the bytes of the origin are found by identity, not by name. */
final class NeighboursIT {
  private static final int FORBIDDEN = 78;
  private static final int CANNOT_CREATE = 73;

  @TempDir private Path directory;
  private Path store = Path.of("");
  private Path origin = Path.of("");

  @BeforeEach
  void make() {
    store = new StoreFile(directory.resolve("cow"), 8, 1 << 20).entry(1, 2).data(2, 7).path();
    origin = StoreFile.sparse(directory.resolve("origin"), 4 << 20);
  }

  @Test
  void aSecondLoopDeviceOverItsFileIsMounted() throws IOException {
    try (Setup setup = new Setup()) {
      Path output = setup.loop(origin);
      Path sibling = setup.loop(origin);
      refused(output, "device.held");
      setup.mountNewFileSystem(sibling, Files.createDirectory(directory.resolve("mnt")));
      refused(output, "device.mounted");
    }
  }

  @Test
  void aLoopDeviceWhoseFileWasRenamed() throws IOException {
    Path link = Files.createLink(directory.resolve("link"), origin);
    try (Setup setup = new Setup()) {
      setup.loop(link);
      Files.delete(link);
      refused(origin, "device.held");
    }
  }

  @Test
  void aDocumentDoesNotTakeThePlaceOfABackingFile() {
    try (Setup setup = new Setup()) {
      Path output = setup.loop(origin);
      String before = Fixture.sha256(origin);
      Launcher launcher = new Launcher(directory).stdin(Fixture.job(store, output, true));
      launcher.run("apply", "-", "-o", "origin").expectProblem(CANNOT_CREATE, "output.exists");
      launcher
          .run("apply", "-", "-o", "origin", "--overwrite")
          .expectProblem(FORBIDDEN, "device.same");
      launcher.run("apply", "-", "--plan-out", "cow").expectProblem(CANNOT_CREATE, "output.create");
      assertEquals(before, Fixture.sha256(origin));
    }
  }

  @Test
  void aDocumentReplacesNoFileOfTheRun() throws IOException {
    Path job = Files.writeString(directory.resolve("job.json"), Fixture.job(store, origin, true));
    String before = Fixture.sha256(origin);
    Launcher launcher = new Launcher(directory);
    launcher
        .run("plan", "job.json", "-o", "job.json")
        .expectProblem(CANNOT_CREATE, "output.create");
    launcher
        .run("apply", "job.json", "-o", "x", "--plan-out", "x")
        .expectProblem(CANNOT_CREATE, "output.create");
    assertEquals(Fixture.job(store, origin, true), Files.readString(job));
    assertEquals(before, Fixture.sha256(origin));
  }

  private void refused(Path output, String code) {
    String before = Fixture.sha256(origin);
    assertEquals(code, InProcess.refusal(store, output).code().code());
    assertEquals(before, Fixture.sha256(origin));
  }
}

package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Signals that do not stop a run. Java handles some of them itself. */
final class OtherSignalsIT {
  @TempDir private Path directory;

  /** The run waits for its job, so that the signal arrives during the run. */
  @ParameterizedTest
  @ValueSource(strings = {"QUIT", "USR1", "USR2"})
  void doNotEndTheRunOrPrintToStdout(String signal) throws Exception {
    Fixture fixture = Fixture.unpack("commit-4k", directory);
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    Process process =
        new ProcessBuilder(Launcher.image().resolve("bin/dm-merge").toString(), "apply", "-")
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try (OutputStream job = process.getOutputStream()) {
      // Java creates it when it can handle signals, before the job is read.
      Await.until(process, "its threads", () -> threads(process).contains("Signal Dispatch"));
      Shell.run("kill", "-" + signal, "" + process.pid());
      if (signal.equals("QUIT")) {
        Await.until(process, "the list", () -> Files.readString(err).contains("Full thread dump"));
      }
      job.write(fixture.job(true).getBytes(StandardCharsets.UTF_8));
    }
    assertEquals(0, process.waitFor());
    JsonNode report = new JsonMapper().readTree(Files.readAllBytes(out));
    assertEquals("applied", report.path("status").asString());
    assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));
    if (!signal.equals("QUIT")) {
      assertEquals("", Files.readString(err));
    }
    try (Stream<Path> files = Files.list(directory)) {
      assertTrue(files.noneMatch(file -> file.getFileName().toString().startsWith("hs_err")));
    }
  }

  private static String threads(Process process) {
    return Shell.run("ps", "-L", "-o", "comm=", "-p", "" + process.pid());
  }
}

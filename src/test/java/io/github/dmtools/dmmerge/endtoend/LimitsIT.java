package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Environments in which Java cannot start or run: stdout has one document nevertheless. */
final class LimitsIT {
  @TempDir private Path directory;
  private Fixture fixture;

  @BeforeEach
  void unpack() throws IOException {
    fixture = Fixture.unpack("commit-4k", directory);
    Files.writeString(directory.resolve("job.json"), fixture.job(true));
  }

  @AfterEach
  void javaLeftNoCrashReport() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      assertTrue(files.noneMatch(file -> file.getFileName().toString().startsWith("hs_err")));
    }
  }

  private Launcher.Result limited(String limit, String... arguments) {
    return new Launcher(directory)
        .prefixedBy("sh", "-c", limit + "; exec \"$@\"", "")
        .run(arguments);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-v 100000", "-v 200000", "-v 500000", "-v 1000000", "-n 16", "-n 20"})
  void tooLittleForJava(String limit) {
    JsonNode problem =
        limited("ulimit " + limit, "apply", "job.json")
            .expectProblem(69, "java.unavailable")
            .json();
    assertTrue(problem.path("hint").asString().contains("ulimit " + limit.substring(0, 2)));
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));
  }

  /** Stdout may be piped to a shell. */
  @Test
  void noDocumentInTheClassicForm() {
    Launcher.Result result = limited("ulimit -v 200000", "-d", "-i", "cow").expect(69);
    assertEquals("", result.text());
    assertTrue(result.stderr().contains("ulimit -v"), result::stderr);
  }

  @Test
  void noProc() {
    new Launcher(directory)
        .prefixedBy(
            "unshare", "--mount", "sh", "-c", "mount -t tmpfs none /proc && exec \"$@\"", "")
        .run("apply", "job.json")
        .expectProblem(69, "java.unavailable");
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-v 8000000", "-n 40"})
  void enoughForJava(String limit) throws IOException {
    limited("ulimit " + limit, "plan", "job.json", "-o", "plan.json").expect(0);
    String job = fixture.job(true);
    String trusting =
        job.substring(0, job.length() - 1)
            + ",\"expect\":\"plan.json\",\"undo\":\"undo\",\"audit\":\"log\",\"verify\":true}";
    Files.writeString(directory.resolve("job.json"), trusting);
    limited("ulimit " + limit, "apply", "job.json", "--plan-out", "kept.json").expect(0);
    assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));
  }

  /** The shell may print a line before the launcher does. */
  @Test
  void directoryThatWasRemoved() {
    String gone = "mkdir gone && cd gone && rmdir ../gone";
    for (String job : new String[] {"../job.json", directory.resolve("job.json").toString()}) {
      Launcher.Result result =
          limited(gone, "apply", job).expectProblem(66, "path.missing").expectNoTrace();
      assertTrue(result.stderr().contains("dm-merge: the current directory"), result::stderr);
    }
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));
  }
}

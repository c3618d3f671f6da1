package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code --detailed-exitcode} needs a plan with states. */
final class DetailedExitcodeIT {
  @TempDir private Path directory;

  @Test
  void isRefusedWithMetadataOnly() throws IOException {
    Fixture fixture = Fixture.unpack("commit-4k", directory);
    Files.writeString(directory.resolve("job.json"), fixture.job(true));
    for (String job : new String[] {"job.json", "missing.json"}) {
      JsonNode problem = refuse("--metadata-only", job);
      assertTrue(problem.path("message").asString().contains("--metadata-only"), problem::toString);
      assertTrue(problem.path("hint").asString().contains("--metadata-only"), problem::toString);
    }
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));
  }

  /** The store does not exist: opening it would be 66. */
  @Test
  void isRefusedWithoutAnOutput() throws IOException {
    Files.writeString(directory.resolve("job.json"), "{\"input\":\"missing\"}");
    JsonNode problem = refuse("job.json");
    assertEquals("/output", problem.path("pointer").asString());
    assertTrue(problem.path("message").asString().contains("output"), problem::toString);
    assertTrue(problem.path("hint").asString().contains("\"output\""), problem::toString);
    Launcher without = new Launcher(directory);
    without.run("plan", "job.json").expectProblem(66, "path.missing");
  }

  private JsonNode refuse(String... rest) {
    String[] words = new String[rest.length + 4];
    words[0] = "plan";
    words[1] = "--detailed-exitcode";
    words[2] = "-o";
    words[3] = "plan.json";
    System.arraycopy(rest, 0, words, 4, rest.length);
    Launcher.Result result = new Launcher(directory).run(words).expectProblem(64, "usage.invalid");
    assertEquals(1, result.stderr().lines().count(), result.stderr());
    assertTrue(Files.notExists(directory.resolve("plan.json")));
    return result.json();
  }
}

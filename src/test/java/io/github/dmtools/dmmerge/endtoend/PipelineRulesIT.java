package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the jq rules of the documentation as printed. */
final class PipelineRulesIT {
  private static final Path BASE = Path.of(System.getProperty("dmmerge.basedir", "."));

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"src/docs/DOCUMENTS.md", "ansible/README.md"})
  void passOnlyKnownPlans(String page) throws IOException {
    List<String> rules = lines(page, "jq -e '");
    assertTrue(!rules.isEmpty(), "there are no rules in " + page);
    Fixture fixture = Fixture.unpack("commit-4k", directory);

    plan(fixture.job(false));
    assertEquals(0, run(rules), "a plan that is known and small");
    plan(fixture.job(false), "--metadata-only");
    assertNotEquals(0, run(rules), "nothing was compared");
    plan("{\"input\":\"cow\"}");
    assertNotEquals(0, run(rules), "there is no output");
    new Launcher(directory).stdin("{}").run("plan", "-", "-o", "plan.json").expect(65);
    Files.write(directory.resolve("plan.json"), new Launcher(directory).run("plan", "no").stdout());
    assertNotEquals(0, run(rules), "a problem is no plan");
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));
  }

  /** A plan without states has every line, not none. */
  @ParameterizedTest
  @ValueSource(strings = {"src/docs/DOCUMENTS.md"})
  void printTheLinesThatMayBeNeeded(String page) throws IOException {
    List<String> rules = lines(page, "jq -r '.exceptions");
    assertEquals(1, rules.size());
    Fixture fixture = Fixture.unpack("commit-4k", directory);
    plan(fixture.job(false));
    assertEquals(fixture.exceptions(), printed(rules).lines().count());
    plan(fixture.job(false), "--metadata-only");
    assertEquals(fixture.exceptions(), printed(rules).lines().count());
    plan("{\"input\":\"cow\"}");
    assertEquals(fixture.exceptions(), printed(rules).lines().count());

    new Launcher(directory).stdin(fixture.job(true)).run("apply", "-").expect(0);
    plan(fixture.job(false));
    assertEquals("", printed(rules));
  }

  private static List<String> lines(String page, String start) throws IOException {
    return Files.readString(BASE.resolve(page))
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith(start) && line.endsWith(" plan.json"))
        .toList();
  }

  private void plan(String job, String... options) throws IOException {
    String[] words = new String[options.length + 4];
    words[0] = "plan";
    words[1] = "-";
    words[2] = "-o";
    words[3] = "plan.json";
    System.arraycopy(options, 0, words, 4, options.length);
    new Launcher(directory).stdin(job).run(words).expect(0);
  }

  private int run(List<String> rules) throws IOException {
    return finish(rules).status();
  }

  private String printed(List<String> rules) throws IOException {
    Printed result = finish(rules);
    assertEquals(0, result.status(), result.text());
    return result.text();
  }

  private record Printed(int status, String text) {}

  private Printed finish(List<String> rules) throws IOException {
    Process shell =
        new ProcessBuilder("sh", "-e", "-c", String.join("\n", rules))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String text = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      return new Printed(shell.waitFor(), text);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}

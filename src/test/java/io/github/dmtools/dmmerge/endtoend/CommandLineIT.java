package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.json.DocumentSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The options of the commands, and the consistency of their documents. */
final class CommandLineIT {
  private static final Path SCHEMAS =
      Path.of(System.getProperty("dmmerge.basedir", "."), "schemas");

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bogus",
        "--bogus",
        "plan",
        "plan --bogus -",
        "plan one.json two.json",
        "verify --max-mappings -1 -",
        "verify --max-mappings abc -",
        "apply --progress=foo -",
        "audit",
        "audit one two",
        "schema",
        "schema bogus"
      })
  void refusesAWrongCommandLine(String line) {
    String[] arguments = line.isEmpty() ? new String[0] : line.split(" ", -1);
    Launcher.Result result = Launcher.inThisProcess(directory).run(arguments);
    result.expectProblem(64, "usage.invalid");
    assertEquals(1, result.stderr().lines().count(), result.stderr());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "plan", "apply", "verify", "check", "audit", "schema"})
  void printsHelp(String command) {
    String[] help = command.isEmpty() ? new String[] {"--help"} : new String[] {command, "--help"};
    Launcher.Result result = Launcher.inThisProcess(directory).run(help).expect(0);
    String usage = command.isEmpty() ? "dm-merge plan|apply|verify" : "dm-merge " + command;
    assertTrue(result.text().contains(usage), result.text());
    if (command.isEmpty()) {
      assertTrue(result.text().contains("Examples:"));
      for (int status : List.of(0, 2, 64, 65, 66, 69, 70, 73, 74, 75, 77, 78)) {
        assertTrue(
            result.text().lines().anyMatch(line -> line.matches(" +" + status + "  .+")),
            "no word of exit status " + status);
      }
    }
  }

  /** The list of commands has complete sentences. */
  @Test
  void listsCommandsWithCompleteSentences() {
    String help = Launcher.inThisProcess(directory).run("--help").expect(0).text();
    String list = help.substring(help.indexOf("Commands ("), help.indexOf("Examples:")).strip();
    for (String entry : list.split("\n {2}(?=[a-z])", -1)) {
      assertTrue(entry.endsWith(".") || entry.endsWith(":"), "cut off: " + entry);
    }
    for (String schema : List.of("job", "plan", "report", "problem", "check", "audit")) {
      assertTrue(list.contains(" " + schema + ","), "no schema of " + schema + " in " + list);
    }
    assertTrue(list.contains("audit-event"), list);
  }

  @ParameterizedTest
  @CsvSource({"aply, apply", "bogus, "})
  void suggestsTheNearestCommand(String typed, @Nullable String meant) {
    Launcher.Result result = Launcher.inThisProcess(directory).run(typed, "job.json");
    JsonNode problem = result.expectProblem(64, "usage.invalid").json();
    String question = meant == null ? "" : "; did you mean " + meant + "?";
    assertEquals(
        "there is no command '" + typed + "'" + question, problem.path("message").asString());
    assertEquals("see dm-merge --help", problem.path("hint").asString());
    assertEquals(1, result.stderr().lines().count(), result.stderr());
  }

  @Test
  void hasACommandForHelp() {
    Launcher launcher = Launcher.inThisProcess(directory);
    assertEquals(launcher.run("--help").expect(0).text(), launcher.run("help").expect(0).text());
    for (String command : List.of("plan", "audit")) {
      assertEquals(
          launcher.run(command, "--help").expect(0).text(),
          launcher.run("help", command).expect(0).text());
    }
    JsonNode problem = launcher.run("help", "aply").expectProblem(64, "usage.invalid").json();
    assertEquals(
        "there is no command 'aply'; did you mean apply?", problem.path("message").asString());
    launcher.run("help", "plan", "apply").expectProblem(64, "usage.invalid");
  }

  @ParameterizedTest
  @ValueSource(strings = {"apply --bogus", "verify", "check a b", "audit --bogus", "schema a b"})
  void leadsToTheHelpOfTheCommand(String line) {
    String[] words = line.split(" ", -1);
    JsonNode problem =
        Launcher.inThisProcess(directory).run(words).expectProblem(64, "usage.invalid").json();
    assertEquals("see dm-merge " + words[0] + " --help", problem.path("hint").asString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "apply --version"})
  void printsItsVersion(String line) {
    Launcher.Result result = Launcher.inThisProcess(directory).run(line.split(" ", -1)).expect(0);
    assertTrue(result.text().matches("dm-merge \\d+\\.\\d+\\.\\d+\\S*\n"), result.text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"job", "plan", "report", "problem", "check", "audit", "audit-event"})
  void printsSchemas(String name) throws IOException {
    Launcher.Result result = Launcher.inThisProcess(directory).run("schema", name).expect(0);
    assertArrayEquals(Files.readAllBytes(SCHEMAS.resolve(name + ".schema.json")), result.stdout());
  }

  @Test
  void readsOnlyTheTable() {
    Fixture fixture = Fixture.unpack("one-area-255", directory);
    Launcher launcher = Launcher.inThisProcess(directory).stdin(fixture.job(false));
    JsonNode whole = launcher.run("plan", "-").expect(0).json();
    JsonNode table = launcher.run("plan", "--metadata-only", "-").expect(0).json();
    assertTrue(table.path("metadata_only").asBoolean());
    assertTrue(table.path("plan_sha256").isNull());
    assertTrue(table.at("/summary/pending").isNull());
    assertEquals(whole.at("/summary/bytes"), table.at("/summary/bytes"));
    assertEquals(255, table.path("exceptions").size());
    for (int i = 0; i < 255; i++) {
      JsonNode full = whole.path("exceptions").get(i);
      JsonNode bare = table.path("exceptions").get(i);
      for (String same : List.of("index", "old_chunk", "new_chunk", "bytes", "dd")) {
        assertEquals(full.path(same), bare.path(same));
      }
      for (String unknown : List.of("state", "source_sha256", "origin_sha256")) {
        assertTrue(full.path(unknown).isString());
        assertTrue(bare.path(unknown).isNull());
      }
    }
  }

  @Test
  void plansWithoutAnOutput() {
    Fixture fixture = Fixture.unpack("partial-last-chunk", directory);
    JsonNode with =
        Launcher.inThisProcess(directory)
            .stdin(fixture.job(false))
            .run("plan", "-")
            .expect(0)
            .json();
    Launcher launcher =
        new Launcher(directory).stdin("{\"input\":\"cow\",\"label\":\"CHG-1 \u00e4\"}");
    JsonNode plan = launcher.run("plan", "-").expect(0).json();
    assertTrue(plan.path("output").isNull());
    assertTrue(plan.at("/summary/pending").isNull());
    assertEquals(with.path("exceptions").size(), plan.path("exceptions").size());
    assertEquals("CHG-1 \u00e4", plan.at("/job/label").asString());
    for (JsonNode exception : plan.path("exceptions")) {
      assertTrue(exception.path("state").isNull());
      assertTrue(exception.path("dd").asString().contains("of=\"${ORIGIN:?}\""));
    }
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));
  }

  /** One job from its first plan to its second run: all documents agree. */
  @Test
  void countsAddUp() {
    Fixture fixture = Fixture.unpack("partial-last-chunk", directory);
    Launcher dry = new Launcher(directory).stdin(job(false));
    JsonNode plan = dry.run("plan", "--detailed-exitcode", "-").expect(2).json();
    String digest = plan.path("plan_sha256").asString();
    long bytes = plan.at("/summary/bytes").asLong();
    assertEquals(3, plan.at("/summary/pending").asLong());

    JsonNode planned = dry.run("apply", "--max-mappings", "0", "-").expect(0).json();
    checkReport(planned, "planned", "pending", bytes);
    assertEquals(digest, planned.path("plan_sha256").asString());
    assertEquals(0, planned.path("mappings").size());
    assertEquals(3, planned.path("mappings_omitted").asLong());

    JsonNode verified = dry.run("verify", "--max-mappings", "2", "-").expect(2).json();
    checkReport(verified, "different", "pending", bytes);
    assertEquals(2, verified.path("mappings").size());
    assertEquals(1, verified.path("mappings_omitted").asLong());
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));

    Launcher real = new Launcher(directory).stdin(job(true));
    JsonNode applied =
        real.run("apply", "--plan-out", "plan.json", "--max-mappings=3", "-").expect(0).json();
    checkReport(applied, "applied", "written", bytes);
    assertTrue(applied.path("changed").asBoolean());
    assertEquals(digest, applied.path("plan_sha256").asString());
    checkMappings(plan, applied.path("mappings"));
    JsonNode kept = new JsonMapper().readTree(directory.resolve("plan.json").toFile());
    DocumentSchema.requireValid(kept);
    assertEquals(digest, kept.path("plan_sha256").asString());
    assertEquals(plan.path("exceptions"), kept.path("exceptions"), "not as it was before");

    JsonNode again = real.run("apply", "-").expect(0).json();
    checkReport(again, "unchanged", "unchanged", bytes);
    assertFalse(again.path("changed").asBoolean());
    assertEquals(0, again.path("mappings").size());
    JsonNode after = dry.run("plan", "--detailed-exitcode", "-").expect(0).json();
    assertEquals(digest, after.path("plan_sha256").asString(), "states are no part of the digest");
    assertEquals(3, after.at("/summary/applied").asLong());
    assertNotEquals(plan.path("exceptions"), after.path("exceptions"));
  }

  private static String job(boolean force) {
    return "{\"input\":\"cow\",\"output\":\"origin\",\"label\":\"CHG-7\",\"force\":" + force + "}";
  }

  /** Checks a report in which all exceptions have the same disposition. */
  private static void checkReport(JsonNode report, String status, String disposition, long bytes) {
    assertEquals(status, report.path("status").asString());
    assertEquals("CHG-7", report.at("/job/label").asString());
    assertTrue(report.path("problem").isNull());
    for (String of : List.of("total", "written", "unchanged", "failed", "pending")) {
      boolean all = of.equals("total") || of.equals(disposition);
      assertEquals(all ? 3 : 0, report.path("counts").path(of).asLong(-1), of);
      assertEquals(all ? bytes : 0, report.path("bytes").path(of).asLong(-1), of);
    }
  }

  private static void checkMappings(JsonNode plan, JsonNode mappings) {
    assertEquals(3, mappings.size());
    long chunk = plan.at("/store/chunk_bytes").asLong();
    for (int i = 0; i < 3; i++) {
      JsonNode mapping = mappings.get(i);
      JsonNode exception = plan.path("exceptions").get(mapping.path("index").asInt(-1));
      for (String same : List.of("index", "old_chunk", "new_chunk", "bytes")) {
        assertEquals(exception.path(same), mapping.path(same));
      }
      assertEquals(
          exception.path("old_chunk").asLong() * chunk, mapping.path("origin_offset").asLong());
      assertEquals(
          exception.path("new_chunk").asLong() * chunk, mapping.path("store_offset").asLong());
    }
  }
}

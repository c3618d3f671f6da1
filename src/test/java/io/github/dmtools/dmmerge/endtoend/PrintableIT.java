package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.problem.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Names with control or format characters are never printed raw. */
final class PrintableIT {
  private static final String ODD =
      "a\u001b[2J\rb\u0007\u009b1m\u202e\u2066\u2028\u00adc\nd \u00e4";
  private static final String SHOWN =
      "a\\u001b[2J\\u000db\\u0007\\u009b1m\\u202e\\u2066\\u2028\\u00adc\\u000ad \u00e4";

  /** Sets ODD to the name, through a file, so that the test does not depend on its locale. */
  private static final String SET_ODD = "odd=$(cat name; echo x); odd=${odd%x}; ";

  @TempDir private Path directory;
  private Fixture fixture;

  @BeforeEach
  void unpack() throws IOException {
    fixture = Fixture.unpack("commit-4k", directory);
    Files.write(directory.resolve("name"), ODD.getBytes(StandardCharsets.UTF_8));
    shell("mkdir \"$odd\"; mv cow origin \"$odd\"");
  }

  private void shell(String script) {
    Shell.run("sh", "-ec", "cd '" + directory + "'; " + SET_ODD + script);
  }

  private void assertMerged() {
    shell("mv \"$odd/origin\" .");
    assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));
  }

  private static void assertPrintable(String text) {
    text.lines().forEach(line -> assertEquals(Printable.line(line), line));
    assertTrue(!text.contains("\r"), text);
  }

  /** Runs the launcher with arguments, in which ODD stands for the name. */
  private Launcher.Result run(String arguments) {
    String script = SET_ODD + "exec \"$0\" " + arguments.replace("ODD", "\"$odd\"");
    Launcher.Result result = Launcher.inThisProcess(directory).prefixedBy("sh", "-c", script).run();
    assertPrintable(result.text());
    assertPrintable(result.stderr());
    return result;
  }

  @Test
  void classicText() throws IOException {
    String text = run("-i ODD/cow -o ODD/origin -vv").expect(0).text();
    assertTrue(text.contains("store: " + directory + "/" + SHOWN + "/cow, file"), text);
    assertTrue(text.contains("origin: " + directory + "/" + SHOWN + "/origin, file"), text);
    String missing = run("-i ODD/none -o ODD/origin").expect(66).stderr();
    assertTrue(missing.contains(SHOWN), missing);
    assertEquals(1, missing.lines().count(), missing);
  }

  @Test
  void wrongWords() {
    for (String arguments :
        List.of("ODD", "plan ODD ODD", "plan --ODD -", "schema ODD", "-i cow ODD", "-ODD")) {
      String said = run(arguments).expect(64).stderr();
      assertEquals(1, said.lines().count(), said);
      assertTrue(said.contains("\\u001b"), said);
    }
  }

  @Test
  void documents() throws IOException {
    String job = "{\"input\":\"ODD/cow\",\"output\":\"ODD/origin\",\"force\":true}";
    String name = new JsonMapper().writeValueAsString(ODD);
    Files.writeString(
        directory.resolve("job"), job.replace("ODD", name.substring(1, name.length() - 1)));
    JsonNode plan = run("plan job").expect(0).json();
    assertEquals(directory + "/" + ODD + "/cow", plan.at("/input/path").asString());
    assertEquals(ODD + "/cow", plan.at("/job/input").asString());
    JsonNode problem = run("check ODD").expectProblem(66, "path.wrong_type").json();
    assertEquals(directory + "/" + ODD, problem.path("path").asString());
    run("apply job").expect(0);
    assertMerged();
  }

  /** A dd line is exact, a single line, and printable. */
  @Test
  void ddLines() throws IOException {
    Launcher.Result lines = run("-i ODD/cow -o ODD/origin -d").expect(0);
    assertEquals(fixture.exceptions(), lines.text().lines().count());
    Path script = Files.write(directory.resolve("lines"), lines.stdout());
    Shell.run("sh", "-e", script.toString());
    assertMerged();
  }
}

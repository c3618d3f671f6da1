package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code src/docs/recompute_chain.py} on a log and a plan of the launcher. */
final class RecomputeChainIT {
  private static final Path SCRIPT =
      Path.of(System.getProperty("dmmerge.basedir", "."), "src/docs/recompute_chain.py");

  @TempDir private Path directory;
  private Path log = Path.of("");
  private Path plan = Path.of("");
  private JsonNode report = new JsonMapper().createObjectNode();

  @BeforeEach
  void apply() {
    log = directory.resolve("audit.jsonl");
    plan = directory.resolve("plan.json");
    Fixture fixture = Fixture.unpack("partial-last-chunk", directory);
    ObjectNode job = (ObjectNode) new JsonMapper().readTree(fixture.job(true));
    Launcher launcher =
        Launcher.inThisProcess(directory).stdin(job.put("audit", log.toString()).toString());
    launcher.run("plan", "-", "-o", plan.toString()).expect(0);
    report = launcher.run("apply", "-").expect(0).json();
  }

  @Test
  void agreesWithTheProgram() throws IOException {
    String said = Shell.run("python3", SCRIPT.toString(), log.toString(), plan.toString());
    int lines = Files.readAllLines(log).size();
    String head = report.at("/audit/sha256").asString();
    long extents =
        Files.readAllLines(log).stream().filter(line -> line.contains("\"extent-write\"")).count();
    assertTrue(extents > 0);
    assertEquals(
        lines
            + " lines, the last one "
            + head
            + "; "
            + extents
            + " extents as the plan has them, 0 others",
        said);
    assertTrue(
        Shell.run("python3", SCRIPT.toString(), log.toString()).startsWith(lines + " lines, "));
  }

  @Test
  void findsWhatIsWrong() throws IOException {
    List<String> lines = Files.readAllLines(log);
    List<String> changed = new ArrayList<>(lines);
    changed.set(1, lines.get(1).replace("\"user.id\":\"", "\"user.id\":\"1"));
    refuses(changed, plan);
    for (int line = 0; line < lines.size() - 1; line++) {
      List<String> less = new ArrayList<>(lines);
      less.remove(line);
      refuses(less, plan);
    }
    refuses(List.of(String.join("", lines)), plan);
    Files.write(log, lines);
    String text = Files.readString(plan);
    String digest = new JsonMapper().readTree(text).at("/exceptions/0/source_sha256").asString();
    Path other = directory.resolve("other.json");
    Files.writeString(other, text.replace(digest, "00".repeat(32)));
    refuses(lines, other);
  }

  private void refuses(List<String> lines, Path held) throws IOException {
    Files.write(log, lines);
    boolean accepted =
        Shell.succeeds("python3", SCRIPT.toString(), log.toString(), held.toString());
    assertTrue(!accepted, () -> "accepted: " + lines);
  }
}

package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How {@code apply} handles the end of a log that it continues. */
final class BrokenLogsIT {
  private static final int BROKEN = 65;

  @TempDir private Path directory;
  private Path log = Path.of("");
  private Launcher launcher = Launcher.inThisProcess(directory);
  private Fixture fixture = new Fixture("", log, log, new JsonMapper().createObjectNode());
  private byte[] before = {};

  @BeforeEach
  void twoRuns() throws IOException {
    directory = directory.toRealPath();
    log = directory.resolve("audit.jsonl");
    fixture = Fixture.unpack("commit-4k", directory);
    before = Files.readAllBytes(fixture.origin());
    ObjectNode job = (ObjectNode) new JsonMapper().readTree(fixture.job(true));
    launcher = Launcher.inThisProcess(directory).stdin(job.put("audit", log.toString()).toString());
    launcher.run("apply", "-").expect(0);
    Files.write(fixture.origin(), before);
    launcher.run("apply", "-").expect(0);
    Files.write(fixture.origin(), before);
  }

  @Test
  void damageMovesNothing() throws IOException {
    byte[] bytes = Files.readAllBytes(log);
    for (int line : new int[] {1, lines() / 2, lines()}) {
      byte[] damaged = bytes.clone();
      damaged[start(bytes, line) + 300] = 0;
      refuses(damaged);
    }
    byte[] hole = bytes.clone();
    Arrays.fill(hole, start(bytes, 3), start(bytes, 5), (byte) 0);
    refuses(hole);
    byte[] changed = Arrays.copyOf(bytes, bytes.length - 1);
    changed[changed.length - 200] ^= 1;
    refuses(changed);
  }

  private void refuses(byte[] damaged) throws IOException {
    Files.write(log, damaged);
    JsonNode problem = launcher.run("apply", "-").expectProblem(BROKEN, "audit.broken").json();
    assertTrue(problem.path("hint").asString().contains("name a new one"), problem::toString);
    assertTrue(problem.path("offset").isIntegralNumber(), problem::toString);
    assertArrayEquals(damaged, Files.readAllBytes(log));
    assertArrayEquals(before, Files.readAllBytes(fixture.origin()));
    assertEquals(List.of(), torn());
    JsonNode audit =
        Launcher.inThisProcess(directory).run("audit", log.toString()).expect(BROKEN).json();
    assertFalse(audit.path("good").asBoolean());
    assertEquals(problem.path("offset").asLong(), audit.at("/findings/0/offset").asLong());
  }

  /** What a power failure leaves, separately and together. */
  @Test
  void anUnfinishedLineAndZeroesAreMoved() throws IOException {
    byte[] bytes = Files.readAllBytes(log);
    int last = start(bytes, lines());
    int number = 0;
    for (byte[] left :
        List.of(
            Arrays.copyOf(bytes, bytes.length - 1),
            Arrays.copyOf(bytes, last + 20),
            Arrays.copyOf(Arrays.copyOf(bytes, last + 400), last + 9000),
            Arrays.copyOf(Arrays.copyOf(bytes, last), last + 9000))) {
      Files.write(log, left);
      Files.write(fixture.origin(), before);
      JsonNode audit =
          Launcher.inThisProcess(directory).run("audit", log.toString()).expect(BROKEN).json();
      assertEquals(1, audit.path("findings").size());
      assertEquals("audit.cut", audit.at("/findings/0/code").asString());
      JsonNode report = launcher.run("apply", "-").expect(0).json();
      assertEquals("audit.torn", report.at("/warnings/0/code").asString());
      Path kept = Path.of(log + ".torn-" + ++number);
      assertArrayEquals(Arrays.copyOfRange(left, last, left.length), Files.readAllBytes(kept));
      Launcher.inThisProcess(directory).run("audit", log.toString()).expect(0);
    }
    assertEquals(number, torn().size());
  }

  /** A log of an earlier version is read, continued and checked. */
  @Test
  void anOldLogIsContinued() throws IOException {
    Path resources = Path.of(System.getProperty("dmmerge.basedir", "."), "src/test/resources/logs");
    byte[] old = Files.readAllBytes(resources.resolve("before-chunk-digests.jsonl"));
    Files.write(log, old);
    JsonNode report = launcher.run("apply", "-").expect(0).json();
    byte[] now = Files.readAllBytes(log);
    assertArrayEquals(old, Arrays.copyOf(now, old.length));
    JsonNode audit =
        Launcher.inThisProcess(directory).run("audit", log.toString()).expect(0).json();
    assertEquals(3, audit.path("runs").size());
    assertEquals(report.at("/audit/seq"), audit.at("/head/seq"));
    assertEquals(4, audit.at("/runs/0/extents").asLong());
    assertEquals(audit.at("/runs/2/extents"), audit.at("/runs/0/extents"));
    assertEquals("db1.example.org", audit.at("/runs/0/host").asString());
    assertEquals(List.of(), torn());
  }

  private int lines() throws IOException {
    return Files.readAllLines(log).size();
  }

  /** The offset of a line, counted from 1. */
  private static int start(byte[] bytes, int line) {
    int at = 0;
    for (int feeds = 1; feeds < line; at++) {
      feeds += bytes[at] == '\n' ? 1 : 0;
    }
    return at;
  }

  private List<Path> torn() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.getFileName().toString().contains(".torn-")).toList();
    }
  }
}

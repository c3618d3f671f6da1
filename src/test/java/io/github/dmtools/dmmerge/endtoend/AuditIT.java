package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.audit.AuditHead;
import io.github.dmtools.dmmerge.audit.AuditLog;
import io.github.dmtools.dmmerge.audit.SampleLog;
import io.github.dmtools.dmmerge.json.DocumentSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code dm-merge audit} on logs that the product's classes wrote. */
final class AuditIT {
  private static final int BROKEN = 65;
  private static final int NO_INPUT = 66;
  private static final int CANNOT_CREATE = 73;
  private static final int BUSY = 75;

  @TempDir private Path directory;
  private Path log = Path.of("");

  @BeforeEach
  void make() throws IOException {
    log = directory.toRealPath().resolve("audit \u00e4\n.jsonl");
    SampleLog.appendRun(log, 1, 10);
    SampleLog.appendKilledRun(log, 2);
  }

  @Test
  void good() throws IOException {
    AuditHead head = SampleLog.appendRun(log, 3, 5);
    byte[] before = Files.readAllBytes(log);
    Launcher.Result result = audit().expect(0);
    assertEquals("", result.stderr());
    JsonNode json = result.json();
    assertEquals("audit", json.path("kind").asString());
    assertTrue(json.path("good").asBoolean());
    assertEquals(log.toString(), json.path("log").asString());
    assertEquals(before.length, json.path("bytes").asLong());
    assertEquals(28, json.path("lines").asLong());
    assertEquals(head, head(json));
    assertEquals(3, json.path("runs").size());
    JsonNode killed = json.at("/runs/1");
    assertEquals(15, killed.path("first_line").asLong());
    assertTrue(killed.path("status").isNull());
    assertEquals(1, killed.path("batches_unconfirmed").asLong());
    for (int run : new int[] {0, 2}) {
      JsonNode finished = json.path("runs").get(run);
      assertTrue(finished.path("finished").asBoolean());
      assertEquals("failed", finished.path("status").asString());
      assertEquals("CHG-" + (run + 1), finished.path("label").asString());
      assertEquals("alice", finished.path("user").asString());
    }
    assertEquals(-1, Files.mismatch(log, Files.write(directory.resolve("copy"), before)));
    String first = Files.readAllLines(log).get(0);
    DocumentSchema.requireValid("audit-event", new JsonMapper().readTree(first));
  }

  private static AuditHead head(JsonNode json) {
    return new AuditHead(json.at("/head/seq").asLong(), json.at("/head/line_sha256").asString());
  }

  @Test
  void broken() throws IOException {
    byte[] bytes = Files.readAllBytes(log);
    bytes[bytes.length / 2] ^= 1;
    Files.write(log, bytes);
    Files.writeString(log, "torn", StandardOpenOption.APPEND);
    Launcher.Result result = audit().expect(BROKEN).expectNoTrace();
    JsonNode findings = result.json().path("findings");
    assertEquals("audit.changed", findings.get(0).path("code").asString());
    assertEquals("audit.cut", findings.get(1).path("code").asString());
    assertEquals(1, result.stderr().lines().count(), result::stderr);
    String message = findings.get(0).path("message").asString() + "; and one more finding\n";
    assertTrue(result.stderr().endsWith(message), result::stderr);
  }

  @Test
  void warnsOfFilesWithTornLines() throws IOException {
    Path torn = Files.writeString(directory.resolve(log.getFileName() + ".torn-1"), "torn");
    Launcher.Result result = audit().expect(0);
    assertEquals("audit.torn", result.json().at("/warnings/0/code").asString());
    assertEquals(torn.toRealPath().toString(), result.json().at("/warnings/0/path").asString());
    assertTrue(result.stderr().startsWith("dm-merge: warning: a torn line is kept in "));
  }

  @Test
  void intoAFile() throws IOException {
    Path file = directory.resolve("audit.json");
    Launcher launcher = Launcher.inThisProcess(directory);
    Launcher.Result result = launcher.run("audit", log.toString(), "-o", file.toString());
    assertEquals("", result.expect(0).text());
    DocumentSchema.requireValid(new JsonMapper().readTree(file.toFile()));
    byte[] before = Files.readAllBytes(log);
    launcher
        .run("audit", log.toString(), "-o", log.toString())
        .expectProblem(CANNOT_CREATE, "output.create");
    assertEquals(before.length, Files.size(log));
  }

  /** Another process sees the lock. */
  @Test
  void whileARunWritesToIt() {
    try (AuditLog audit = SampleLog.open(log)) {
      audit.start(SampleLog.run(3), SampleLog.job());
      audit().expectProblem(BUSY, "audit.busy");
    }
    audit().expect(0);
  }

  /** Like logrotate: renames the log and, with {@code create}, creates an empty one. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void rotatedBetweenTwoRuns(boolean create) throws IOException {
    Fixture fixture = Fixture.unpack("random-4k", directory);
    Path current = directory.toRealPath().resolve("current");
    Path rotated = directory.toRealPath().resolve("current.1");
    ObjectNode job = (ObjectNode) new JsonMapper().readTree(fixture.job(true));
    Launcher launcher = new Launcher(directory).stdin(job.put("audit", "current").toString());
    JsonNode first = launcher.run("apply", "-").expect(0).json();
    Files.move(current, rotated);
    if (create) {
      Files.createFile(current);
    }
    JsonNode second = launcher.run("apply", "-").expect(0).json();

    JsonNode old = launcher.run("audit", rotated.toString()).expect(0).json();
    assertEquals(first.at("/audit/seq").asLong(), old.path("lines").asLong());
    assertEquals(first.at("/audit/sha256"), old.at("/head/line_sha256"));
    JsonNode renewed = launcher.run("audit", "current").expect(0).json();
    assertEquals(1, renewed.at("/runs/0/first_line").asLong());
    assertEquals(second.at("/audit/seq").asLong(), renewed.path("lines").asLong());
    assertEquals(second.at("/audit/run_id"), renewed.at("/runs/0/run_id"));
  }

  @Test
  void aFileThatIsNotALog() throws IOException {
    Launcher launcher = new Launcher(directory);
    launcher.run("audit", "nowhere").expectProblem(NO_INPUT, "path.missing");
    launcher.run("audit", "").expectProblem(NO_INPUT, "path.wrong_type");
    launcher.run("audit", directory.toString()).expectProblem(NO_INPUT, "path.wrong_type");
    Files.writeString(directory.resolve("text"), "no log\n".repeat(1403) + "no end");
    Launcher.Result text = launcher.run("audit", "text").expect(BROKEN).expectNoTrace();
    assertTrue(text.stderr().endsWith("/text: it is not an audit log\n"), text::stderr);
    JsonNode json = text.json();
    assertEquals(1, json.path("findings").size());
    assertEquals("audit.no_log", json.at("/findings/0/code").asString());
    assertEquals(List.of(), List.copyOf(json.path("runs").asArray().values()));
    assertTrue(json.path("head").isNull());
    Files.writeString(directory.resolve("empty"), "");
    assertEquals(0, launcher.run("audit", "empty").expect(0).json().path("lines").asLong(-1));
  }

  private Launcher.Result audit() {
    return new Launcher(directory).run("audit", log.toString());
  }
}

package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.SlowTest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Approval, undo, audit and verification together, on every store, in files. */
final class RunJournalsIT {
  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("io.github.dmtools.dmmerge.endtoend.Fixture#mergeable")
  @SlowTest
  void mergesAndUndoesEveryStore(String name) throws IOException {
    mergesAndUndoes(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"commit-512k", "empty", "one-area-257", "partial-last-chunk"})
  void mergesAndUndoes(String name) throws IOException {
    Fixture fixture = Fixture.unpack(name, directory);
    long exceptions = fixture.exceptions();
    Path plan = directory.resolve("plan.json");
    Path undo = directory.resolve("undo");
    Path log = directory.resolve("audit.jsonl");
    Launcher launcher = Launcher.inThisProcess(directory).stdin(fixture.job(false));
    launcher.run("plan", "-", "-o", plan.toString()).expect(0);
    String approved =
        new JsonMapper().readTree(Files.readAllBytes(plan)).path("plan_sha256").asString();

    String job = job(fixture, plan.toString(), undo, log);
    JsonNode report = launcher.stdin(job).run("apply", "-").expect(0).json();
    assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));
    assertEquals(approved, report.path("plan_sha256").asString());
    assertEquals("same", report.at("/verification/status").asString());
    assertEquals(exceptions, report.at("/verification/exceptions").asLong());
    assertEquals(exceptions, report.at("/undo/exceptions").asLong());
    assertEquals(exceptions > 0, Files.exists(undo), "made when there is something to save");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(log)));

    JsonNode again = launcher.run("apply", "-").expect(0).json();
    assertEquals("unchanged", again.path("status").asString());
    JsonNode audit = launcher.run("audit", log.toString()).expect(0).json();
    assertEquals(again.at("/audit/sha256"), audit.at("/head/line_sha256"));
    assertEquals(2, audit.path("runs").size());
    assertEquals(report.at("/audit/run_id"), audit.at("/runs/0/run_id"));
    assertEquals(report.at("/bytes/written"), audit.at("/runs/0/bytes"));
    assertTrue(audit.at("/runs/0/finished").asBoolean());
    assertEquals(approved, audit.at("/runs/0/plan_sha256").asString());
    if (exceptions == 0) {
      return;
    }

    launcher.run("check", undo.toString()).expect(0);
    String back = Fixture.job(undo, fixture.origin(), true);
    JsonNode undone = launcher.stdin(back).run("apply", "-").expect(0).json();
    assertEquals(exceptions, undone.at("/counts/written").asLong());
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));

    // The undo store belongs to a finished run, and must not be mixed with another run's.
    launcher.stdin(job).run("apply", "-").expect(78);
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));
  }

  @Test
  void refusesAnotherPlan() throws IOException {
    Fixture fixture = Fixture.unpack("random-4k", directory);
    Launcher launcher = Launcher.inThisProcess(directory);
    Path undo = directory.resolve("undo");
    Path log = directory.resolve("audit.jsonl");
    String none = "sha256:" + "0".repeat(64);
    launcher.stdin(job(fixture, none, undo, log)).run("apply", "-").expectProblem(78, "plan.stale");

    Path plan = directory.resolve("plan.json");
    launcher.stdin(fixture.job(false)).run("plan", "-", "-o", plan.toString()).expect(0);
    String text = Files.readString(plan);
    int digest = text.indexOf("origin_sha256\":\"") + 20;
    char other = text.charAt(digest) == '0' ? '1' : '0';
    Path forged = directory.resolve("forged.json");
    Files.writeString(forged, text.substring(0, digest) + other + text.substring(digest + 1));
    launcher
        .stdin(job(fixture, forged.toString(), undo, log))
        .run("apply", "-")
        .expectProblem(65, "plan.syntax");

    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));
    assertFalse(Files.exists(undo) || Files.exists(log), "nothing was begun");
  }

  /** Compression depends on the name when writing, and on the content when reading. */
  @Test
  void anApprovedPlanMayBeCompressed() throws IOException {
    Fixture fixture = Fixture.unpack("random-4k", directory);
    Path written = directory.resolve("plan.json.gz");
    Launcher launcher = Launcher.inThisProcess(directory).stdin(fixture.job(true));
    launcher.run("plan", "-", "-o", written.toString()).expect(0);
    byte[] plan;
    try (InputStream plain = new GZIPInputStream(Files.newInputStream(written))) {
      plan = plain.readAllBytes();
    }
    assertEquals(1402, new JsonMapper().readTree(plan).at("/summary/pending").asInt());
    assertTrue(Files.size(written) < plan.length / 2);

    Path cut = directory.resolve("cut");
    byte[] whole = Files.readAllBytes(written);
    Files.write(cut, Arrays.copyOf(whole, whole.length - 100));
    Path undo = directory.resolve("undo");
    Path log = directory.resolve("audit.jsonl");
    launcher.stdin(job(fixture, cut.toString(), undo, log));
    launcher.run("apply", "-").expectProblem(65, "plan.syntax");
    Files.write(cut, Arrays.copyOf(whole, 5));
    launcher.run("apply", "-").expectProblem(65, "plan.syntax");
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));

    Path approved = Files.move(written, directory.resolve("approved"));
    launcher.stdin(job(fixture, approved.toString(), undo, log)).run("apply", "-").expect(0);
    assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));
  }

  /** Refused before the first write, without leaving a file. */
  @Test
  void anUndoStoreThatDoesNotFit() throws IOException {
    Fixture fixture = Fixture.unpack("random-4k", directory);
    try (Setup setup = new Setup()) {
      Path small = setup.tmpfs(Files.createDirectory(directory.resolve("small")), "1m");
      Path log = directory.resolve("audit.jsonl");
      Launcher launcher =
          Launcher.inThisProcess(directory).stdin(job(fixture, small.resolve("undo"), log));
      JsonNode report = launcher.run("apply", "-").expect(73).json();
      assertEquals("undo.create", report.at("/problem/code").asString());
      assertFalse(report.path("changed").asBoolean());
      assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));
      try (Stream<Path> left = Files.list(small)) {
        assertEquals(List.of(), left.toList());
      }
      JsonNode audit = launcher.run("audit", log.toString()).expect(0).json();
      assertEquals("failed", audit.at("/runs/0/status").asString());
    }
  }

  /**
   * Nothing is written that is not durable in the log, and the run continues once there is space.
   */
  @Test
  void anAuditLogThatDoesNotFit() throws IOException {
    Fixture fixture = Fixture.unpack("random-4k", directory);
    try (Setup setup = new Setup()) {
      Path small = setup.tmpfs(Files.createDirectory(directory.resolve("small")), "64k");
      Path undo = directory.resolve("undo");
      Path log = small.resolve("audit.jsonl");
      Launcher launcher = Launcher.inThisProcess(directory).stdin(job(fixture, undo, log));
      JsonNode report = launcher.run("apply", "-").expect(74).json();
      assertEquals("audit.write", report.at("/problem/code").asString());
      assertEquals(0, report.at("/counts/written").asLong());
      assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));

      Shell.run("mount", "-o", "remount,size=8m", small.toString());
      launcher.run("apply", "-").expect(0);
      assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));
      JsonNode audit = launcher.run("audit", log.toString()).expect(0).json();
      assertFalse(audit.at("/runs/0/finished").asBoolean());
      assertTrue(audit.at("/runs/1/finished").asBoolean());
      launcher.stdin(Fixture.job(undo, fixture.origin(), true)).run("apply", "-").expect(0);
      assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));
    }
  }

  @Test
  void anUndoStoreBelongsToOneOrigin() throws IOException {
    Fixture fixture = Fixture.unpack("random-4k", directory);
    Path undo = directory.resolve("undo");
    Path log = directory.resolve("audit.jsonl");
    Launcher launcher = Launcher.inThisProcess(directory).stdin(job(fixture, undo, log));
    launcher.run("apply", "-").expect(0);
    Path other = Files.copy(fixture.origin(), directory.resolve("other"));
    String wrong = Fixture.job(undo, other, true);
    launcher.stdin(wrong).run("apply", "-").expectProblem(78, "undo.other_origin");
    assertEquals(fixture.after(), Fixture.sha256(other));
  }

  private static String job(Fixture fixture, Path undo, Path log) {
    ObjectNode job = (ObjectNode) new JsonMapper().readTree(fixture.job(true));
    return job.put("undo", undo.toString()).put("audit", log.toString()).toString();
  }

  private static String job(Fixture fixture, String expect, Path undo, Path log) {
    ObjectNode job = (ObjectNode) new JsonMapper().readTree(job(fixture, undo, log));
    return job.put("expect", expect).put("verify", true).put("label", "CHG-1234").toString();
  }
}

package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** An approval is valid only for one plan, one store and one origin. */
final class ApprovalIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String RECOMPUTE = "src/docs/recompute.py";

  @TempDir private Path directory;
  private Fixture fixture;
  private Launcher launcher;
  private Path plan;
  private JsonNode approved;

  @BeforeEach
  void approve() throws IOException {
    fixture = Fixture.unpack("reverse-order", directory);
    launcher = Launcher.inThisProcess(directory);
    plan = directory.resolve("plan.json");
    launcher.stdin(fixture.job(false)).run("plan", "-", "-o", plan.toString()).expect(0);
    approved = read(plan);
  }

  private static JsonNode read(Path document) throws IOException {
    return JSON.readTree(Files.readAllBytes(document));
  }

  private ObjectNode job(String expect) {
    return ((ObjectNode) JSON.readTree(fixture.job(true))).put("expect", expect);
  }

  private String digest(String field) {
    return "sha256:" + approved.path(field).asString();
  }

  private JsonNode refused(ObjectNode job, int status, String code) {
    return launcher.stdin(job.toString()).run("apply", "-").expectProblem(status, code).json();
  }

  private void untouched(Path origin) {
    assertEquals(fixture.before(), Fixture.sha256(origin));
  }

  @Test
  void aDigestIsValidForOneOrigin() throws IOException {
    Path other = Files.copy(fixture.origin(), directory.resolve("other"));
    for (String field : List.of("plan_sha256", "approval_sha256")) {
      String code = field.equals("plan_sha256") ? "plan.weak_digest" : "plan.stale";
      JsonNode problem = refused(job(digest(field)).put("output", other.toString()), 78, code);
      assertEquals("/expect", problem.path("pointer").asString());
      untouched(other);
    }
    refused(job(digest("plan_sha256")), 78, "plan.weak_digest");
    untouched(fixture.origin());
    String expect = digest("approval_sha256");
    JsonNode report = launcher.stdin(job(expect).toString()).run("apply", "-").expect(0).json();
    assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));
    assertEquals(expect, "sha256:" + report.path("approval_sha256").asString());
    JsonNode again = launcher.run("apply", "-").expect(0).json();
    assertEquals("unchanged", again.path("status").asString());
  }

  /** Same name and same content, but another file. */
  @Test
  void aFileThatReplacedTheOrigin() throws IOException {
    Path copy = Files.copy(fixture.origin(), directory.resolve("copy"));
    Files.move(copy, fixture.origin(), StandardCopyOption.REPLACE_EXISTING);
    refused(job(digest("approval_sha256")), 78, "plan.stale");
    refused(job(plan.toString()), 78, "plan.other_target");
    untouched(fixture.origin());
  }

  @Test
  void whatWasWrittenSinceIsKept() throws IOException {
    long chunk = approved.at("/exceptions/200/old_chunk").asLong();
    try (RandomAccessFile origin = new RandomAccessFile(fixture.origin().toFile(), "rw")) {
      origin.seek(chunk * 4096 + 5);
      origin.write("precious".getBytes(StandardCharsets.US_ASCII));
    }
    String changed = Fixture.sha256(fixture.origin());
    refused(job(digest("plan_sha256")), 78, "plan.weak_digest");
    refused(job(digest("approval_sha256")), 78, "plan.stale");
    refused(job(plan.toString()), 78, "plan.foreign");
    assertEquals(changed, Fixture.sha256(fixture.origin()));
  }

  /** Without an undo store, a digest cannot prove what a killed run wrote; the plan's file can. */
  @Test
  void whatAKilledRunWrote() throws IOException {
    Shell.run("sh", "-c", approved.at("/exceptions/200/dd").asString() + " status=none");
    String partly = Fixture.sha256(fixture.origin());
    JsonNode problem = refused(job(digest("approval_sha256")), 78, "plan.unproved");
    assertTrue(problem.path("hint").asString().contains("plan's file"), problem::toString);
    assertEquals(partly, Fixture.sha256(fixture.origin()));
    launcher.stdin(job(plan.toString()).toString()).run("apply", "-").expect(0);
    assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));
    launcher.stdin(job(digest("approval_sha256")).toString()).run("apply", "-").expect(0);
  }

  @Test
  void aPlanIsValidForItsDevices() throws IOException {
    Path other = Files.copy(fixture.origin(), directory.resolve("other"));
    ObjectNode job = job(plan.toString()).put("output", other.toString());
    refused(job, 78, "plan.other_target");
    untouched(other);
    refused(job.put("retarget", true).put("expect", digest("approval_sha256")), 65, "job.schema");
    untouched(other);
    job.put("expect", plan.toString());
    JsonNode report = launcher.stdin(job.toString()).run("apply", "-").expect(0).json();
    assertEquals(fixture.origin().toString(), report.at("/planned_for/output/path").asString());
    assertEquals(approved.path("approval_sha256"), report.path("approval_sha256"));
    assertEquals(fixture.after(), Fixture.sha256(other));
    untouched(fixture.origin());
  }

  @Test
  void aPlanWithoutDigestsOfTheOrigin() throws IOException {
    String stripped =
        Files.readString(plan)
            .replaceAll(
                "\"(origin_sha256|origins_sha256|approval_sha256)\":\"\\w+\"", "\"$1\":null")
            .replaceAll("\"state\":\"\\w+\"", "\"state\":null");
    Files.writeString(plan, stripped);
    refused(job(plan.toString()), 65, "plan.syntax");
    ObjectNode withoutOutput = job(plan.toString());
    withoutOutput.remove(List.of("output", "expect"));
    launcher.stdin(withoutOutput.toString()).run("plan", "-", "-o", plan.toString()).expect(0);
    refused(job(plan.toString()), 78, "plan.other_target");
    untouched(fixture.origin());
  }

  @Test
  void aForgedPlan() throws IOException {
    String whole = Files.readString(plan);
    for (String[] change :
        new String[][] {
          {"\"state\":\"pending\"", "\"state\":\"applied\""},
          {"\"dd\":\"dd if=", "\"dd\":\"true; dd if="},
          {"\"pending\":300", "\"pending\":2"},
          {"/origin\",", "/Origin\","},
          {"seek=", "oseek="}
        }) {
      int at = whole.indexOf(change[0], whole.indexOf("metadata_only"));
      assertTrue(at > 0, change[0]);
      Files.writeString(
          plan, whole.substring(0, at) + change[1] + whole.substring(at + change[0].length()));
      refused(job(plan.toString()), 65, "plan.syntax");
      untouched(fixture.origin());
    }
  }

  /** As in README: the job names the plan that approves it, and first creates it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"$0\" plan job.json -o plan.json",
        "\"$0\" plan job.json > plan.json",
        "\"$0\" plan job.json -o ./x/../plan.json"
      })
  void aJobCreatesThePlanThatItExpects(String command) throws IOException {
    Files.createDirectory(directory.resolve("x"));
    Files.writeString(directory.resolve("job.json"), job("plan.json").toString());
    for (int i = 0; i < 2; i++) {
      Process process =
          new ProcessBuilder(
                  "sh", "-c", command, Launcher.image().resolve("bin/dm-merge").toString())
              .directory(directory.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      assertEquals(0, process.onExit().join().exitValue());
      assertEquals(0, read(plan).path("warnings").size());
      Files.delete(plan);
      if (i == 0) {
        Files.createFile(plan);
      }
    }
  }

  @Test
  void aPlanHasTheWarningsOfApply() {
    JsonNode other =
        launcher.stdin(job(digest("plan_sha256")).toString()).run("plan", "-").expect(0).json();
    assertEquals("plan.weak_digest", other.at("/warnings/0/code").asString());
    JsonNode missing =
        launcher.stdin(job(directory + "/missing").toString()).run("plan", "-").expect(0).json();
    assertEquals("path.missing", missing.at("/warnings/0/code").asString());
    assertEquals(
        0,
        launcher
            .stdin(job(plan.toString()).toString())
            .run("plan", "-")
            .expect(0)
            .json()
            .path("warnings")
            .size());
  }

  @Test
  void verifyChecksTheApproval() throws IOException {
    launcher.stdin(job(plan.toString()).toString()).run("verify", "-").expect(2);
    launcher.run("apply", "-").expect(0);
    launcher.run("verify", "-").expect(0);
    launcher.stdin(job(digest("approval_sha256")).toString());
    JsonNode unproved = launcher.run("verify", "-").expect(0).json();
    assertEquals("plan.unproved", unproved.at("/warnings/0/code").asString());
    long chunk = approved.at("/exceptions/0/new_chunk").asLong();
    try (RandomAccessFile store = new RandomAccessFile(fixture.store().toFile(), "rw")) {
      store.seek(chunk * 4096);
      store.write(~store.read());
    }
    launcher.stdin(job(plan.toString()).toString());
    launcher.run("verify", "-").expectProblem(78, "plan.stale");
  }

  @Test
  void digestsCanBeRecomputedFromThePlan() throws IOException {
    assertEquals(0, recompute(plan));
    Path compressed = directory.resolve("plan.json.gz");
    launcher.stdin(fixture.job(false)).run("plan", "-", "-o", compressed.toString()).expect(0);
    assertEquals(0, recompute(compressed));
    String whole = Files.readString(plan);
    Files.writeString(plan, whole.replaceFirst("\"bytes\":4096", "\"bytes\":2048"));
    assertFalse(recompute(plan) == 0);
    Files.writeString(plan, whole.replaceFirst("/origin\"", "/other\""));
    assertEquals(0, recompute(plan), "the job is not covered, the output is");
    Files.writeString(plan, whole.replaceAll("/origin\"", "/other\""));
    assertFalse(recompute(plan) == 0);
  }

  private static int recompute(Path plan) throws IOException {
    Process process =
        new ProcessBuilder("python3", RECOMPUTE, plan.toString())
            .directory(Path.of(System.getProperty("dmmerge.basedir", ".")).toFile())
            .redirectErrorStream(true)
            .start();
    process.getInputStream().transferTo(System.out);
    return process.onExit().join().exitValue();
  }
}

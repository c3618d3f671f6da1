package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code dm-merge audit LOG --plan PLAN}, {@code --report} and {@code --head}. */
final class AuditProofIT {
  private static final int DIFFERENT = 2;
  private static final int USAGE = 64;
  private static final int BROKEN = 65;

  private static final JsonMapper MAPPER = new JsonMapper();

  @TempDir private Path directory;
  private Fixture fixture = new Fixture("", Path.of(""), Path.of(""), MAPPER.createObjectNode());
  private Path log = Path.of("");

  @BeforeEach
  void make() throws IOException {
    directory = directory.toRealPath();
    log = directory.resolve("audit.jsonl");
    fixture = Fixture.unpack("reverse-order", directory);
  }

  private String at(String name) {
    return directory.resolve(name).toString();
  }

  private void plan() {
    launcher("").run("plan", "-", "-o", at("plan.json")).expect(0);
  }

  /** A launcher with the job, and optional further members, on standard input. */
  private Launcher launcher(String more) {
    ObjectNode job = (ObjectNode) MAPPER.readTree(fixture.job(true));
    job.put("audit", log.toString());
    job.setAll((ObjectNode) MAPPER.readTree("{" + more + "}"));
    return Launcher.inThisProcess(directory).stdin(job.toString());
  }

  private Launcher.Result audit(String... more) {
    String[] arguments = Arrays.copyOf(new String[] {"audit", log.toString()}, 2 + more.length);
    System.arraycopy(more, 0, arguments, 2, more.length);
    return Launcher.inThisProcess(directory).run(arguments);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"random-4k", "commit-512k", "partial-last-chunk", "reverse-order", "commit-16k"})
  void provesWhatWasApplied(String name) throws IOException {
    fixture = Fixture.unpack(name, directory);
    plan();
    JsonNode report =
        launcher("\"expect\":\"" + at("plan.json") + "\"").run("apply", "-").expect(0).json();
    JsonNode json = audit("--plan", at("plan.json")).expect(0).json();
    JsonNode proof = json.path("proof");
    assertTrue(proof.path("complete").asBoolean(), proof::toString);
    assertEquals(report.at("/counts/written").asLong(), proof.path("pending").asLong());
    assertEquals(proof.path("pending"), proof.path("proved"));
    assertEquals(1, proof.path("runs").asLong());
    assertEquals(report.path("plan_sha256"), proof.path("plan_sha256"));
    JsonNode first = MAPPER.readTree(Files.readAllLines(log).get(0));
    assertEquals(
        MAPPER.readTree(directory.resolve("plan.json")).at("/store/chunk_bytes"),
        first.path("dm_merge.store.chunk_bytes"));
    assertEquals(at("plan.json"), first.path("dm_merge.job.expect").asString());
    assertFalse(first.path("dm_merge.origin.device.name").asString().isEmpty());
  }

  /** Only the first line has the results of the comparison before the first write. */
  @Test
  void theFirstLineHasTheExpectedExceptions() throws IOException {
    JsonNode report = launcher("").run("apply", "-", "--plan-out", at("out.json")).expect(0).json();
    List<String> lines = Files.readAllLines(log);
    JsonNode first = MAPPER.readTree(lines.get(0));
    assertEquals(report.at("/counts/written"), first.path("dm_merge.expected.exceptions"));
    assertEquals(report.at("/bytes/written"), first.path("dm_merge.expected.bytes"));
    assertEquals(report.at("/counts/total"), first.path("dm_merge.store.exceptions"));
    assertEquals(report.at("/output/bytes"), first.path("dm_merge.origin.device.bytes"));
    assertTrue(first.path("dm_merge.approval_sha256").isNull());
    for (String line : lines.subList(1, lines.size())) {
      assertFalse(line.contains("dm_merge.job.") || line.contains(".device."), line);
    }
    audit("--plan", at("out.json")).expect(0);
  }

  @Test
  void aPlanThatWasNotAppliedIsNotProved() throws IOException {
    plan();
    Files.createFile(log);
    JsonNode proof = audit("--plan", at("plan.json")).expect(DIFFERENT).json().path("proof");
    assertEquals(0, proof.path("runs").asLong());
    assertEquals(fixture.exceptions(), proof.path("missing").asLong());
    assertEquals(100, proof.path("chunks").size());
    assertEquals(fixture.exceptions() - 100, proof.path("chunks_omitted").asLong());
  }

  /** Same store and content, another image. */
  @Test
  void aRunOnAnotherOriginProvesNothing() throws IOException {
    plan();
    Path other = Files.copy(fixture.origin(), directory.resolve("other"));
    launcher("\"output\":\"" + other + "\"").run("apply", "-").expect(0);
    JsonNode proof = audit("--plan", at("plan.json")).expect(DIFFERENT).json().path("proof");
    assertEquals(0, proof.path("runs").asLong());
    assertEquals(0, proof.path("proved").asLong());
  }

  /** A run before the plan proves nothing, although every digest is equal. */
  @Test
  void aRunBeforeThePlanProvesNothing() throws IOException {
    plan();
    byte[] before = Files.readAllBytes(fixture.origin());
    launcher("").run("apply", "-").expect(0);
    audit("--plan", at("plan.json")).expect(0);
    Files.write(fixture.origin(), before);
    plan();
    JsonNode proof = audit("--plan", at("plan.json")).expect(DIFFERENT).json().path("proof");
    assertEquals(fixture.exceptions(), proof.path("missing").asLong());
  }

  /** The digests of the origin and of the store must both be the planned ones. */
  @Test
  void otherContentIsNamed() throws IOException {
    plan();
    JsonNode plan = MAPPER.readTree(directory.resolve("plan.json"));
    JsonNode one = plan.at("/exceptions/5");
    JsonNode two = plan.at("/exceptions/200");
    flip(fixture.origin(), one.path("old_chunk").asLong() * 4096);
    flip(fixture.store(), two.path("new_chunk").asLong() * 4096);
    launcher("").run("apply", "-").expect(0);
    Launcher.Result result = audit("--plan", at("plan.json")).expect(DIFFERENT).expectNoTrace();
    JsonNode proof = result.json().path("proof");
    JsonNode chunks = proof.path("chunks");
    assertTrue(has(chunks, one, "before_differs"), chunks::toString);
    assertTrue(has(chunks, two, "after_differs"), chunks::toString);
    assertTrue(proof.path("proved").asLong() > fixture.exceptions() - 100, proof::toString);
  }

  private static boolean has(JsonNode chunks, JsonNode exception, String verdict) {
    for (JsonNode chunk : chunks) {
      if (chunk.path("old_chunk").equals(exception.path("old_chunk"))) {
        return chunk.path("verdict").asString().equals(verdict);
      }
    }
    return false;
  }

  private static void flip(Path file, long offset) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) offset] ^= 1;
    Files.write(file, bytes);
  }

  /** A cut between lines leaves the chain intact: the plan and the report detect it. */
  @Test
  void aLogThatWasCutAtTheEndOfALine() throws IOException {
    plan();
    JsonNode report =
        launcher("").run("apply", "-", "-o", at("report.json")).expect(0).status() == 0
            ? MAPPER.readTree(directory.resolve("report.json"))
            : MAPPER.createObjectNode();
    String digest = "sha256:" + report.at("/audit/sha256").asString();
    JsonNode whole = audit("--report", at("report.json")).expect(0).json();
    assertTrue(whole.at("/expected_head/found").asBoolean());
    audit("--head", digest, "--plan", at("plan.json")).expect(0);

    List<String> lines = Files.readAllLines(log);
    Files.write(log, lines.subList(0, lines.size() - 2));
    assertTrue(audit().expect(0).json().path("good").asBoolean(), "the chain says nothing");
    JsonNode proof = audit("--plan", at("plan.json")).expect(DIFFERENT).json().path("proof");
    assertEquals(fixture.exceptions(), proof.path("not_durable").asLong());
    for (String[] option : new String[][] {{"--report", at("report.json")}, {"--head", digest}}) {
      Launcher.Result result = audit(option[0], option[1]).expect(BROKEN).expectNoTrace();
      assertEquals("audit.cut_short", result.json().at("/findings/0/code").asString());
      assertFalse(result.json().at("/expected_head/found").asBoolean());
      assertEquals(1, result.json().path("findings").size());
    }
    JsonNode broken =
        audit("--report", at("report.json"), "--plan", at("plan.json")).expect(BROKEN).json();
    assertTrue(broken.path("proof").isNull(), broken::toString);

    // The log goes on after the cut, past the number that the report names.
    for (int run = 0; run < 2; run++) {
      launcher("").run("apply", "-").expect(0);
    }
    assertTrue(Files.readAllLines(log).size() > lines.size());
    audit().expect(0);
    JsonNode other = audit("--report", at("report.json")).expect(BROKEN).json();
    assertEquals("audit.changed", other.at("/findings/0/code").asString());
    assertEquals(lines.size(), other.at("/findings/0/line").asInt());
    JsonNode cut = audit("--head", digest).expect(BROKEN).json();
    assertEquals("audit.cut_short", cut.at("/findings/0/code").asString());

    // The complete log, continued, still contains the line.
    Files.write(log, lines);
    launcher("").run("apply", "-").expect(0);
    audit("--report", at("report.json")).expect(0);
    audit("--head", digest).expect(0);
  }

  /** After a kill: the batch is open, some chunks are written, one in part. */
  @Test
  void aKilledRunAndTheNextOneProveTogether() throws IOException {
    plan();
    byte[] before = Files.readAllBytes(fixture.origin());
    launcher("").run("apply", "-").expect(0);
    byte[] after = Files.readAllBytes(fixture.origin());
    List<String> lines = Files.readAllLines(log);
    Files.write(log, lines.subList(0, lines.size() - 2));
    byte[] left = after.clone();
    int half = pendingOffset(20);
    System.arraycopy(before, half + 2048, left, half + 2048, left.length - half - 2048);
    Files.write(fixture.origin(), left);
    JsonNode killed = audit("--plan", at("plan.json")).expect(DIFFERENT).json().path("proof");
    assertEquals(fixture.exceptions(), killed.path("not_durable").asLong());

    JsonNode report = launcher("").run("apply", "-").expect(0).json();
    assertTrue(report.at("/counts/unchanged").asLong() > 0);
    assertTrue(report.at("/counts/written").asLong() > 0);
    JsonNode proof = audit("--plan", at("plan.json")).expect(0).json().path("proof");
    assertEquals(2, proof.path("runs").asLong());
  }

  /** The offset of the n-th exception in the order of the origin. */
  private int pendingOffset(int number) {
    JsonNode exceptions = MAPPER.readTree(directory.resolve("plan.json")).path("exceptions");
    return (int)
        exceptions
            .valueStream()
            .mapToLong(exception -> exception.path("old_chunk").asLong() * 4096)
            .sorted()
            .skip(number)
            .findFirst()
            .orElseThrow();
  }

  @Test
  void whatCannotBeUsed() throws IOException {
    plan();
    Files.createFile(log);
    audit("--head", "sha256:12").expectProblem(USAGE, "usage.invalid");
    String zeroes = "sha256:" + "0".repeat(64);
    audit("--head", zeroes, "--report", "r").expectProblem(USAGE, "usage.invalid");
    audit("--report", at("plan.json")).expectProblem(BROKEN, "audit.report");
    Files.writeString(directory.resolve("text"), "{\"kind\":\"rep");
    audit("--report", at("text")).expectProblem(BROKEN, "audit.report");
    audit("--plan", at("text")).expectProblem(BROKEN, "plan.syntax");
    audit("--plan", "nowhere").expectProblem(66, "path.missing");
    ObjectNode job = (ObjectNode) MAPPER.readTree(fixture.job(false));
    job.remove("output");
    Launcher.inThisProcess(directory)
        .stdin(job.toString())
        .run("plan", "-", "-o", at("store.json"))
        .expect(0);
    audit("--plan", at("store.json")).expectProblem(BROKEN, "audit.no_proof");
    launcher("").run("plan", "-", "--metadata-only", "-o", at("table.json")).expect(0);
    audit("--plan", at("table.json")).expectProblem(BROKEN, "plan.syntax");
    JsonNode plan = MAPPER.readTree(directory.resolve("plan.json"));
    ((ObjectNode) plan.path("store")).put("chunk_bytes", 8 << 20);
    Files.writeString(directory.resolve("large.json"), plan.toString(), StandardCharsets.UTF_8);
    // A plan that contradicts itself may be refused for that.
    assertEquals(BROKEN, audit("--plan", at("large.json")).status());
  }

  /** In a log of an earlier version, extents of one chunk can be compared. */
  @Test
  void anOldLogProvesExtentsOfOneChunk() throws IOException {
    Path logs = Path.of(System.getProperty("dmmerge.basedir", "."), "src/test/resources/logs");
    Files.copy(logs.resolve("before-chunk-digests.jsonl"), log);
    Path plan = logs.resolve("before-chunk-digests-plan.json").toAbsolutePath();
    JsonNode json = audit("--plan", plan.toString()).expect(DIFFERENT).json();
    assertEquals(1, json.at("/proof/runs").asLong() - 1, "two runs");
    assertEquals(3, json.at("/proof/proved").asLong());
    assertEquals(4, json.at("/proof/no_chunk_digests").asLong());
  }
}

package io.github.dmtools.dmmerge.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.apply.Counts;
import io.github.dmtools.dmmerge.apply.FailedRange;
import io.github.dmtools.dmmerge.approval.Target;
import io.github.dmtools.dmmerge.approval.Targets;
import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.DeviceContent;
import io.github.dmtools.dmmerge.device.DeviceType;
import io.github.dmtools.dmmerge.exceptionstore.Finding;
import io.github.dmtools.dmmerge.exceptionstore.StoreCheck;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.plan.Mapping;
import io.github.dmtools.dmmerge.preserve.UndoFacts;
import io.github.dmtools.dmmerge.problem.Printable;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.Warning;
import io.github.dmtools.dmmerge.report.AuditFacts;
import io.github.dmtools.dmmerge.report.CheckReport;
import io.github.dmtools.dmmerge.report.DeviceFacts;
import io.github.dmtools.dmmerge.report.OriginFacts;
import io.github.dmtools.dmmerge.report.Report;
import io.github.dmtools.dmmerge.report.StoreFacts;
import io.github.dmtools.dmmerge.report.Verification;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Values at their bounds, and texts with any character that a file name can contain. */
final class DocumentsTest {
  private static final long MAX = Long.MAX_VALUE;
  private static final String ODD =
      "/dev/\u0001\u001f\u007f\"'\\\n\r\t </script> \u2028 \u009b\u202e\u2066 \u00e4 \ud83d\ude00 ${x} $(x)";
  private static final Instant TIME = Instant.parse("2026-03-01T00:00:00.000000001Z");
  private static final Problem PROBLEM =
      new Problem(ProblemCode.DEVICE_WRITE, "cannot write " + ODD, ODD, ODD, MAX, 133);
  private static final Warning WARNING = new Warning("device.flush", ODD, ODD);
  private static final DeviceFacts BLOCK =
      new DeviceFacts(ODD, ODD, DeviceType.BLOCK, MAX, Integer.MAX_VALUE, true);
  private static final DeviceFacts FILE =
      new DeviceFacts("/f", null, DeviceType.FILE, 0, 512, false);
  private static final StoreFacts STORE =
      new StoreFacts(ChunkSize.ofSectors(ChunkSize.MAX_SECTORS), MAX, MAX);

  @Test
  void writesAReportWithValuesAtTheirBounds() {
    Counts most = new Counts(MAX, MAX, MAX, MAX, MAX);
    Report report =
        new Report(
            Report.Command.APPLY,
            Report.Status.FAILED,
            true,
            new Job(ODD, ODD, true, true, true, ODD, true, true, ODD, ODD, true, ODD),
            BLOCK,
            new OriginFacts(
                FILE, new DeviceContent(ODD, DeviceContent.Usage.RAID, ODD, ODD, ODD, ODD)),
            STORE,
            TIME,
            TIME,
            1e300,
            most,
            most,
            "0".repeat(64),
            "1".repeat(64),
            new Targets(new Target(ODD, MAX, ODD), new Target("/f", 0, null)),
            new Verification(MAX, MAX),
            new UndoFacts(ODD, MAX, MAX, true, ODD, false),
            new AuditFacts(ODD, ODD, MAX, "0".repeat(64)),
            List.of(new Mapping(MAX, MAX, MAX, MAX, MAX, MAX)),
            MAX,
            List.of(new FailedRange(MAX, MAX, MAX, PROBLEM)),
            MAX,
            List.of(WARNING),
            PROBLEM);
    JsonNode json = written(out -> Documents.write(report, out));
    assertEquals("failed", json.path("status").asString());
    assertEquals(ODD, json.at("/job/label").asString());
    assertEquals(ODD, json.at("/input/path").asString());
    assertEquals(ODD, json.at("/planned_for/input/lasting_name").asString());
    assertEquals(0, json.at("/planned_for/output/bytes").asLong(-1));
    assertEquals("block", json.at("/input/type").asString());
    assertEquals("file", json.at("/output/type").asString());
    assertEquals(ODD, json.at("/output/content/label").asString());
    assertEquals("raid", json.at("/output/content/usage").asString());
    assertEquals(1L << 30, json.at("/store/chunk_bytes").asLong());
    assertEquals("2026-03-01T00:00:00.000000001Z", json.path("started_at").asString());
    assertEquals(MAX, json.at("/mappings/0/store_offset").longValue());
    assertEquals(MAX, json.at("/counts/pending").longValue());
    assertEquals(133, json.at("/failures/0/errno").asInt());
    assertEquals(ODD, json.at("/warnings/0/path").asString());
    assertEquals(74, json.at("/problem/exit_status").asInt());
    assertEquals(MAX, json.at("/problem/offset").longValue());
  }

  @Test
  void writesMissingValuesAsNullZeroAndEmpty() {
    Counts none = new Counts(0, 0, 0, 0, 0);
    Report report =
        new Report(
            Report.Command.VERIFY,
            Report.Status.UNCHANGED,
            false,
            Job.plain("/f", null, false, false, false),
            FILE,
            new OriginFacts(FILE, null),
            new StoreFacts(ChunkSize.ofSectors(1), 0, 0),
            Instant.EPOCH,
            Instant.EPOCH,
            0,
            none,
            none,
            null,
            null,
            null,
            null,
            null,
            null,
            List.of(),
            0,
            List.of(),
            0,
            List.of(),
            null);
    JsonNode json = written(out -> Documents.write(report, out));
    for (String field :
        List.of(
            "plan_sha256",
            "approval_sha256",
            "planned_for",
            "verification",
            "undo",
            "audit",
            "problem")) {
      assertTrue(json.has(field) && json.get(field).isNull(), field);
    }
    assertTrue(json.at("/job/label").isNull());
    assertTrue(json.path("output").has("content"));
    assertTrue(json.at("/output/content").isNull());
    assertEquals(0, json.at("/counts/failed").asLong(-1));
    assertTrue(json.path("failures").isArray());
    assertEquals("1970-01-01T00:00:00Z", json.path("started_at").asString());
  }

  @Test
  void writesAProblemWithUnusualPaths() {
    JsonNode json = written(out -> Documents.write(PROBLEM, out));
    assertEquals(ODD, json.path("path").asString());
    assertEquals(ODD, json.path("pointer").asString());
    assertEquals("cannot write " + ODD, json.path("message").asString());
    assertEquals(MAX, json.path("offset").longValue());
  }

  @ParameterizedTest
  @EnumSource(ProblemCode.class)
  void writesEveryProblem(ProblemCode code) {
    JsonNode json = written(out -> Documents.write(Problem.of(code, "it failed"), out));
    assertEquals(code.code(), json.path("code").asString());
    assertEquals(code.exitStatus().status(), json.path("exit_status").asInt());
    assertFalse(json.path("hint").asString().isBlank());
    for (String field : List.of("path", "pointer", "offset", "errno")) {
      assertTrue(json.has(field) && json.get(field).isNull(), field);
    }
  }

  @Test
  void writesChecks() {
    Finding finding = new Finding("store.truncated", Finding.Severity.ERROR, ODD, MAX);
    StoreCheck bad = new StoreCheck(null, 0, 0, List.of(finding), MAX, false);
    CheckReport report = new CheckReport(TIME, BLOCK, bad, List.of(WARNING));
    JsonNode json = written(out -> Documents.write(report, out));
    assertTrue(json.path("store").isNull());
    assertEquals(MAX, json.at("/findings/0/offset").longValue());
    assertEquals("error", json.at("/findings/0/severity").asString());
    assertEquals(MAX, json.path("findings_omitted").longValue());
  }

  /** Returns the document, which must be valid and end with a line feed. */
  private static JsonNode written(Consumer<OutputStream> writer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writer.accept(bytes);
    byte[] document = bytes.toByteArray();
    assertEquals('\n', document[document.length - 1]);
    String text = new String(document, 0, document.length - 1, StandardCharsets.UTF_8);
    assertEquals(text, Printable.line(text), "a terminal obeys it");
    JsonNode json = new JsonMapper().readTree(document);
    DocumentSchema.requireValid(json);
    return json;
  }
}

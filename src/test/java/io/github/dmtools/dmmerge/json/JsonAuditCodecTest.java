package io.github.dmtools.dmmerge.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.dmtools.dmmerge.audit.AuditEvent;
import io.github.dmtools.dmmerge.audit.AuditEvent.BatchWritten;
import io.github.dmtools.dmmerge.audit.AuditEvent.Digested;
import io.github.dmtools.dmmerge.audit.AuditEvent.ExtentFailed;
import io.github.dmtools.dmmerge.audit.AuditEvent.ExtentWrite;
import io.github.dmtools.dmmerge.audit.AuditEvent.Outcome;
import io.github.dmtools.dmmerge.audit.AuditEvent.RunFinished;
import io.github.dmtools.dmmerge.audit.AuditEvent.RunStarted;
import io.github.dmtools.dmmerge.audit.AuditJob;
import io.github.dmtools.dmmerge.audit.AuditLine;
import io.github.dmtools.dmmerge.audit.AuditLog;
import io.github.dmtools.dmmerge.audit.AuditRun;
import io.github.dmtools.dmmerge.audit.Operator;
import io.github.dmtools.dmmerge.audit.SampleLog;
import io.github.dmtools.dmmerge.linux.LinuxDevices;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Every event at its bounds, as a line that is valid by its schema and can be parsed. */
final class JsonAuditCodecTest {
  private static final long MAX = Long.MAX_VALUE;
  private static final String ODD =
      "/dev/\u0000\u0001\u001f\u007f\"'\\\n\r\t </script> \u2028 \u00e4 \ud83d\ude00 ${x}";
  private static final Instant TIME = Instant.parse("2026-03-01T00:00:00.000001999Z");
  private static final AuditRun FULL = run(ODD, "0".repeat(64));
  private static final AuditRun EMPTY =
      new AuditRun(UUID.randomUUID(), "", "", null, null, new Operator("", "", "", "", "", 1));

  private static final AuditJob FULL_JOB =
      new AuditJob(
          new AuditJob.Options(true, true, true, true, true, ODD, ODD),
          new AuditJob.Device("block", MAX, ODD, true),
          new AuditJob.Device("file", MAX, ODD, true),
          1 << 30,
          MAX,
          MAX,
          MAX,
          MAX,
          "0".repeat(64));
  private static final AuditJob EMPTY_JOB =
      new AuditJob(
          new AuditJob.Options(false, false, false, false, false, null, null),
          new AuditJob.Device("file", 0, "", false),
          new AuditJob.Device("block", 0, "", false),
          512,
          0,
          0,
          null,
          null,
          null);

  @TempDir private Path directory;

  static List<AuditEvent> events() {
    return List.of(
        new RunStarted(null),
        new RunStarted(FULL_JOB),
        new RunStarted(EMPTY_JOB),
        new ExtentWrite(MAX, MAX, MAX, MAX, Digested.CHUNKS, bytes(0), bytes(255)),
        new ExtentWrite(1, 0, 0, 0, Digested.PIECE, bytes(1), bytes(128)),
        new BatchWritten(MAX, MAX, MAX),
        new BatchWritten(1, 0, 0),
        new ExtentFailed(MAX, MAX, MAX, ProblemCode.DEVICE_BARRIER.code(), ODD),
        new RunFinished(Outcome.APPLIED, MAX, MAX, MAX, MAX, null),
        new RunFinished(Outcome.UNCHANGED, 0, 0, 0, 0, null),
        new RunFinished(Outcome.INTERRUPTED, 0, 0, 0, 0, ProblemCode.RUN_INTERRUPTED.code()),
        new RunFinished(Outcome.FAILED, 0, 0, 0, 0, ProblemCode.DEVICE_WRITE.code()));
  }

  @ParameterizedTest
  @MethodSource("events")
  void isValidByItsSchemaAndParsed(AuditEvent event) throws IOException {
    for (AuditRun run : List.of(FULL, EMPTY)) {
      byte[] line = line(run, event);
      JsonNode json = new JsonMapper().readTree(line);
      DocumentSchema.requireValid("audit-event", json);
      assertEquals("2026-03-01T00:00:00.000001Z", json.path("@timestamp").asString());

      byte[] inside = Arrays.copyOf(new byte[] {'x', 'y'}, line.length + 3);
      System.arraycopy(line, 0, inside, 2, line.length);
      AuditLine read = new JsonAuditCodec().parse(inside, 2, line.length);
      assertNotNull(read);
      assertEquals(Instant.parse("2026-03-01T00:00:00.000001Z"), read.time());
      assertEquals(run, read.run());
      assertSame(event, read.event());
    }
  }

  /** Records with arrays are equal only to themselves, so arrays are compared here. */
  private static void assertSame(AuditEvent expected, AuditEvent event) {
    if (expected instanceof ExtentWrite write) {
      ExtentWrite read = assertInstanceOf(ExtentWrite.class, event);
      assertArrayEquals(write.sha256Before(), read.sha256Before());
      assertArrayEquals(write.sha256After(), read.sha256After());
      assertEquals(
          List.of(write.batch(), write.originOffset(), write.storeOffset(), write.bytes()),
          List.of(read.batch(), read.originOffset(), read.storeOffset(), read.bytes()));
      assertEquals(write.digested(), read.digested());
    } else {
      assertEquals(expected, event);
    }
  }

  /** A member of one event is refused in another. */
  @ParameterizedTest
  @MethodSource("events")
  void theSchemaIsStrict(AuditEvent event) throws IOException {
    ObjectNode json = (ObjectNode) new JsonMapper().readTree(line(FULL, event));
    for (String key : List.copyOf(json.propertyNames())) {
      ObjectNode without = json.deepCopy();
      without.remove(key);
      assertFalse(DocumentSchema.isValid("audit-event", without), key);
    }
    for (String foreign : List.of("dm_merge.batch", "dm_merge.status", "error.message", "other")) {
      if (!json.has(foreign)) {
        ObjectNode with = json.deepCopy();
        with.put(foreign, "applied");
        assertFalse(DocumentSchema.isValid("audit-event", with), foreign);
      }
    }
    json.put("event.outcome", "good");
    assertFalse(DocumentSchema.isValid("audit-event", json));
  }

  /** A label may contain half a surrogate pair; the line is UTF-8 nevertheless. */
  @ParameterizedTest
  @ValueSource(strings = {"\ud800", "a\udc00b", "\ud800x", "\ud83d\ude00"})
  void rendersAnyLabel(String label) throws IOException {
    byte[] line = line(run(label, "0".repeat(64)), new RunStarted(FULL_JOB));
    assertArrayEquals(
        line, new String(line, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8));
    assertNotNull(new JsonAuditCodec().parse(line, 0, line.length));
  }

  @ParameterizedTest
  @MethodSource("events")
  void refusesALineWithoutAMember(AuditEvent event) throws IOException {
    ObjectNode json = (ObjectNode) new JsonMapper().readTree(line(FULL, event));
    List<String> unused =
        List.of(
            "dm_merge.seq",
            "dm_merge.prev_sha256",
            "dm_merge.line_sha256",
            "event.kind",
            "event.category",
            "event.type",
            "event.outcome",
            "service.name",
            "service.version",
            "ecs.version");
    for (String key : List.copyOf(json.propertyNames())) {
      ObjectNode without = json.deepCopy();
      without.remove(key);
      // A line without any of the job's members is that of an earlier version.
      boolean needed = !unused.contains(key) && !key.equals("dm_merge.job.direct");
      assertEquals(needed, parse(without) == null, key);
      ObjectNode with = json.deepCopy();
      with.putArray(key);
      assertEquals(!unused.contains(key), parse(with) == null, key);
    }
    json.put("later.version", true);
    assertNotNull(parse(json));
    json.put("process.pid", -1);
    assertNull(parse(json));
  }

  /** An earlier version digested an extent's bytes. */
  @Test
  void parsesExtentsOfEarlierVersions() throws IOException {
    ExtentWrite write = new ExtentWrite(1, 2, 3, 4, Digested.CHUNKS, bytes(1), bytes(2));
    String now = new String(line(FULL, write), StandardCharsets.UTF_8);
    JsonNode old = new JsonMapper().readTree(now.replace("dm_merge.chunks_sha", "dm_merge.sha"));
    DocumentSchema.requireValid("audit-event", old);
    AuditLine read = parse(old);
    assertNotNull(read);
    ExtentWrite extent = assertInstanceOf(ExtentWrite.class, read.event());
    assertEquals(Digested.BYTES, extent.digested());
    assertArrayEquals(bytes(1), extent.sha256Before());
    assertArrayEquals(bytes(2), extent.sha256After());
    JsonNode mixed =
        new JsonMapper().readTree(now.replace("chunks_sha256.before", "sha256.before"));
    assertFalse(DocumentSchema.isValid("audit-event", mixed));
    assertNull(parse(mixed));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "{", "[]", "null", "1", "{}", "{} {}"})
  void refusesOtherJson(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertNull(new JsonAuditCodec().parse(bytes, 0, bytes.length));
  }

  @Test
  void refusesADuplicateMember() throws IOException {
    String line = new String(line(EMPTY, new RunStarted(FULL_JOB)), StandardCharsets.UTF_8);
    byte[] twice = line.replace("}", ",\"host.name\":\"\"}").getBytes(StandardCharsets.UTF_8);
    assertNull(new JsonAuditCodec().parse(twice, 0, twice.length));
  }

  private static @Nullable AuditLine parse(JsonNode json) {
    byte[] bytes = new JsonMapper().writeValueAsBytes(json);
    return new JsonAuditCodec().parse(bytes, 0, bytes.length);
  }

  private byte[] line(AuditRun run, AuditEvent event) throws IOException {
    Path log = Files.createTempFile(directory, "log", "");
    try (AuditLog audit =
        AuditLog.open(
            new LinuxDevices().fileTargets(),
            log.toString(),
            new JsonAuditCodec(),
            Clock.fixed(TIME, ZoneOffset.UTC),
            unexpected -> {})) {
      audit.start(run, SampleLog.job());
      audit.append(event);
    }
    return Files.readAllLines(log).get(1).getBytes(StandardCharsets.UTF_8);
  }

  private static AuditRun run(String text, String planSha256) {
    return new AuditRun(
        UUID.randomUUID(),
        text,
        text,
        planSha256,
        text,
        new Operator(text, text, text, text, text, MAX));
  }

  private static byte[] bytes(int value) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}

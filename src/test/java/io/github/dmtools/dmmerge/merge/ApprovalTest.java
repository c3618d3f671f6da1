package io.github.dmtools.dmmerge.merge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.copy.Progress;
import io.github.dmtools.dmmerge.device.MemoryDisk;
import io.github.dmtools.dmmerge.device.Stamp;
import io.github.dmtools.dmmerge.exceptionstore.StoreImage;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.json.PlanWriter;
import io.github.dmtools.dmmerge.plan.PlanDepth;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.report.Report;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Only approved data is written. */
final class ApprovalTest {
  private static final int CHUNK = 4096;
  private static final String UNDO = "/srv/undo";
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  private final StoreImage image = StoreImage.withRoomFor(8, 4).entry(7, 2).entry(0, 3).entry(9, 4);
  private final byte[] before = Stamp.of('o', 10 * CHUNK - 100);
  private final byte[] merged = Story.Start.of(image, before).merged();
  private final MemoryDisk store = image.disk();
  private final MemoryDisk origin = new MemoryDisk("/dev/origin", before);
  private final MemoryDevices devices = new MemoryDevices().add(store).add(origin);
  @TempDir private Path directory = Path.of("");
  private Path plan = Path.of("");
  private String planSha256 = "";
  private String approval = "";

  @BeforeEach
  void approve() throws IOException {
    plan = directory.resolve("plan.json");
    planSha256 = String.valueOf(plan("/dev/origin", PlanDepth.DIGEST).planSha256());
    JsonNode document = new JsonMapper().readTree(Files.readString(plan));
    approval = "sha256:" + document.path("approval_sha256").asString();
  }

  private PlanTotals plan(@Nullable String output, PlanDepth depth) throws IOException {
    try (OutputStream out = Files.newOutputStream(plan)) {
      Job job = Job.plain("/dev/store", output, false, false, false);
      return merge(what -> {}).plan(job, depth, new PlanWriter(out), true);
    }
  }

  @Test
  void appliesAnApprovedPlan() {
    applied(plan.toString(), null);
    applied(plan.toString(), null);
    applied(approval, null);
  }

  @Test
  void appliesWhatADigestApproves() {
    applied(approval, null);
    assertEquals(Report.Status.UNCHANGED, apply(approval, null).status());
  }

  @Test
  void aPlanDigestApprovesNothing() {
    refused("plan.weak_digest", "sha256:" + planSha256);
    applied(plan.toString(), null);
    refused("plan.weak_digest", "sha256:" + planSha256);
  }

  @Test
  void anotherDigestIsStale() {
    refused("plan.stale", approval.substring(0, 70) + (approval.endsWith("0") ? "1" : "0"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8})
  void anotherEntryIsStale(int field) {
    // Chunk 8 of the origin and chunk 5 of the store are unused.
    store.set(image.offsetOfEntry(1) + field, new byte[] {(byte) (field == 0 ? 8 : 5)});
    Problem problem = refused("plan.stale", plan.toString());
    assertEquals((field == 0 ? 3L : 5L) * CHUNK, problem.offset());
    assertTrue(problem.message().contains("1 of 3 chunks"), problem.message());
    refused("plan.stale", approval);
  }

  @Test
  void otherDataIsStale() {
    store.set(2 * CHUNK + 77, new byte[] {0x55});
    store.set(4 * CHUNK, new byte[] {0x55});
    Problem problem = refused("plan.stale", plan.toString());
    assertEquals(2L * CHUNK, problem.offset());
    assertTrue(problem.message().contains("2 of 3 chunks"), problem.message());
    refused("plan.stale", approval);
  }

  @Test
  void ignoresDataPastTheEndOfTheOrigin() {
    store.set(5 * CHUNK - 50, new byte[] {0x55});
    applied(plan.toString(), null);
  }

  @Test
  void aLongerOrShorterTableIsStale() {
    byte[] last = new byte[16];
    System.arraycopy(image.bytes(), image.offsetOfEntry(2), last, 0, 16);
    store.set(image.offsetOfEntry(2), new byte[16]);
    assertTrue(refused("plan.stale", plan.toString()).message().contains("one exception more"));
    store.set(image.offsetOfEntry(2), last);
    store.set(image.offsetOfEntry(3), new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 5});
    assertTrue(refused("plan.stale", plan.toString()).message().contains("1 of 4 chunks"));
  }

  @Test
  void dataOfAnotherProgramIsForeign() {
    origin.set(9 * CHUNK + 5, new byte[] {1});
    Problem last = refused("plan.foreign", plan.toString());
    assertEquals(9L * CHUNK, last.offset());
    assertTrue(last.message().contains("1 of 3 chunks, the first of them chunk 9"), last.message());
    origin.set(7 * CHUNK, new byte[] {1});
    Problem both = refused("plan.foreign", plan.toString());
    assertEquals(7L * CHUNK, both.offset());
    assertTrue(both.message().contains("2 of 3 chunks"), both.message());
    refused("plan.stale", approval);
  }

  @Test
  void ignoresUnmappedChunks() {
    origin.set(3 * CHUNK, new byte[] {1});
    assertNull(apply(plan.toString(), null).problem());
  }

  @Test
  void continuesAHalfFinishedRun() {
    origin.set(0, merged, 0, CHUNK);
    refused("plan.unproved", approval);
    applied(plan.toString(), null);
  }

  @Test
  void verifiesADigestWithAKilledRunsUndoStore() {
    origin.breakForWriting(new ByteRange(7 * CHUNK + 1024, 512));
    assertEquals("device.write", code(apply(approval, UNDO)));
    origin.crash();
    MemoryDisk mended = new MemoryDisk("/dev/origin", origin.content());
    devices.add(mended);
    byte[] left = mended.content();
    assertEquals("plan.unproved", thrown(approval, null));
    mended.set(7 * CHUNK + 3000, new byte[] {1});
    assertEquals("plan.stale", thrown(approval, UNDO), "another program wrote to that chunk");
    mended.set(0, left);
    mended.set(9 * CHUNK + 1, new byte[] {1});
    assertEquals("plan.stale", thrown(approval, UNDO), "another program wrote to another chunk");
    mended.set(0, left);
    Report report = apply(approval, UNDO);
    assertNull(report.problem());
    assertEquals(approval, "sha256:" + report.approvalSha256());
    assertArrayEquals(merged, mended.durableContent());
  }

  private String thrown(String expect, @Nullable String undo) {
    ProblemException e = assertThrows(ProblemException.class, () -> apply(expect, undo));
    return e.problem().code().code();
  }

  @Test
  void verifiesAHalfWrittenChunkWithItsUndoStore() {
    origin.breakForWriting(new ByteRange(7 * CHUNK + 1024, 512));
    Report torn = apply(plan.toString(), UNDO);
    assertEquals("device.write", code(torn));
    origin.crash();
    MemoryDisk mended = new MemoryDisk("/dev/origin", origin.content());
    devices.add(mended);
    byte[] left = mended.content();
    assertEquals(merged[7 * CHUNK], left[7 * CHUNK]);
    assertEquals(before[7 * CHUNK + 2048], left[7 * CHUNK + 2048]);
    ProblemException e = assertThrows(ProblemException.class, () -> apply(plan.toString(), null));
    assertEquals("plan.foreign", e.problem().code().code());
    assertArrayEquals(left, mended.content());
    mended.set(7 * CHUNK + 3000, new byte[] {1});
    e = assertThrows(ProblemException.class, () -> apply(plan.toString(), UNDO));
    assertEquals("plan.foreign", e.problem().code().code(), "another program wrote there too");
    mended.set(0, left);
    assertNull(apply(plan.toString(), UNDO).problem());
    assertArrayEquals(merged, mended.durableContent());
  }

  @Test
  void aPlanWithoutDigestsApprovesNothing() throws IOException {
    plan("/dev/origin", PlanDepth.TABLE);
    refused("plan.syntax", plan.toString());
  }

  @Test
  void aPlanWithoutAnOutputApprovesNothing() throws IOException {
    plan(null, PlanDepth.DIGEST);
    refused("plan.other_target", plan.toString());
    ProblemException e =
        assertThrows(ProblemException.class, () -> merge(what -> {}).apply(retarget(), 10, null));
    assertEquals("plan.other_target", e.problem().code().code());
    assertArrayEquals(before, origin.content());
  }

  @Test
  void aPlanIsBoundToItsDevices() throws IOException {
    MemoryDisk copy = new MemoryDisk("/dev/copy", before);
    devices.add(copy);
    plan("/dev/copy", PlanDepth.DIGEST);
    Problem problem = refused("plan.other_target", plan.toString());
    assertTrue(problem.message().contains("/dev/copy (40860 bytes"), problem.message());
    Report report = merge(what -> {}).apply(retarget(), 10, null);
    assertNull(report.problem());
    assertEquals("/dev/copy", Objects.requireNonNull(report.plannedFor()).origin().path());
    assertArrayEquals(merged, origin.durableContent());
    assertArrayEquals(before, copy.content());
  }

  @Test
  void aPlanIsBoundToTheSizeOfItsDevice() {
    devices.add(new MemoryDisk("/dev/origin", Arrays.copyOf(before, 10 * CHUNK)));
    assertEquals("plan.other_target", thrown(plan.toString(), null));
    assertEquals("plan.stale", thrown(approval, null));
  }

  @Test
  void retargetRequiresAPlanFile() {
    for (String expect : new String[] {approval, null}) {
      Job job =
          new Job(
              "/dev/store",
              "/dev/origin",
              false,
              false,
              true,
              expect,
              true,
              false,
              null,
              null,
              false,
              null);
      ProblemException e =
          assertThrows(ProblemException.class, () -> merge(what -> {}).apply(job, 10, null));
      assertEquals("job.schema", e.problem().code().code());
      assertEquals("/retarget", e.problem().pointer());
    }
    assertArrayEquals(before, origin.content());
  }

  private Job retarget() {
    return new Job(
        "/dev/store",
        "/dev/origin",
        false,
        false,
        true,
        plan.toString(),
        true,
        false,
        null,
        null,
        false,
        null);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "output":{"path":"/dev/origin"  | "output":{"path":"/dev/other"
          "input":{"path":"/dev/store"    | "input":{"path":"/dev/other"
          "bytes":40860,"logical          | "bytes":40960,"logical
          "state":"pending"               | "state":"applied"
          "state":"pending"               | "state":null
          of=/dev/origin                  | of=/dev/sda
          if=/dev/store                   | if=/dev/sda
          seek=7                          | seek=8
          skip=2                          | skip=3
          count=1                         | count=2
          conv=notrunc                    | conv=sync
          conv=notrunc                    | conv=notrunc iflag=direct
          "dd":"dd                        | "dd":"rm -rf /; dd
          "dd":                           | "did":
          "index":1                       | "index":2
          "pending":3                     | "pending":2
          "pending":3                     | "pending":null
          "applied":0                     | "applied":1
          "pending_bytes":12188           | "pending_bytes":12288
          "exceptions":3,"pending         | "exceptions":4,"pending
          "exceptions":3}                 | "exceptions":2}
          "summary":                      | "sums":
          "chunk_sectors":8               | "chunk_sectors":16
          "chunk_bytes":4096              | "chunk_bytes":8192
          "lasting_name":                 | "lasting_name":"x","was":
          """)
  void anInconsistentPlanIsRefused(String said, String forged) throws IOException {
    String whole = Files.readString(plan);
    assertTrue(whole.contains(said), whole);
    Files.writeString(plan, whole.replaceFirst(Pattern.quote(said), forged));
    refused("plan.syntax", plan.toString());
  }

  /** Without digests of the origin, the origin is not compared. */
  @Test
  void acceptsAPlanWithoutOriginDigests() throws IOException {
    String whole = Files.readString(plan);
    String stripped =
        whole
            .replaceAll(
                "\"(origin_sha256|origins_sha256|approval_sha256)\":\"\\w+\"", "\"$1\":null")
            .replace("\"state\":\"pending\"", "\"state\":null");
    Files.writeString(plan, stripped);
    refused("plan.syntax", plan.toString());
  }

  /** A plan of the previous version. */
  @Test
  void acceptsAPlanWithoutAnApprovalDigest() throws IOException {
    String whole = Files.readString(plan);
    Files.writeString(
        plan,
        whole
            .replaceAll(",\n?\"approval_sha256\":\"\\w+\"", "")
            .replaceAll("\"lasting_name\":[^,]+,", "")
            .replace("\"retarget\":false,\"overwrite_foreign\":false,", ""));
    assertTrue(!Files.readString(plan).contains("approval"));
    assertTrue(refused("plan.other_target", plan.toString()).message().contains("earlier version"));
    origin.set(9 * CHUNK + 5, new byte[] {1});
    ProblemException e =
        assertThrows(ProblemException.class, () -> merge(what -> {}).apply(retarget(), 10, null));
    assertEquals("plan.foreign", e.problem().code().code());
    origin.set(0, before);
    assertNull(merge(what -> {}).apply(retarget(), 10, null).problem());
    assertArrayEquals(merged, origin.durableContent());
  }

  @Test
  void planWarnsOfWhatWouldStopApply() throws IOException {
    assertEquals(List.of(), warned(plan.toString()));
    assertEquals(List.of(), warned(approval));
    assertEquals(List.of("plan.weak_digest"), warned("sha256:" + planSha256));
    origin.set(9 * CHUNK + 5, new byte[] {1});
    assertEquals(List.of("plan.foreign"), warned(plan.toString()));
    assertEquals(List.of("plan.stale"), warned(approval));
    Files.writeString(plan, "{}");
    assertEquals(List.of("plan.syntax"), warned(plan.toString()));
  }

  private List<String> warned(String expect) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    merge(what -> {}).plan(job(expect, null), PlanDepth.DIGEST, new PlanWriter(out), true);
    JsonNode document = new JsonMapper().readTree(out.toByteArray());
    return document.path("warnings").valueStream().map(w -> w.path("code").asString()).toList();
  }

  @Test
  void verifyRequiresTheApprovedStore() {
    Merge verify = merge(what -> {});
    assertEquals(3, verify.verify(job(plan.toString(), null), 10).exceptions().pending());
    assertEquals(3, verify.verify(job(approval, null), 10).exceptions().pending());
    assertNull(apply(plan.toString(), UNDO).problem());
    Report same = verify.verify(job(plan.toString(), null), 10);
    assertEquals(Report.Status.UNCHANGED, same.status());
    assertEquals(approval, "sha256:" + same.approvalSha256());
    assertEquals(Report.Status.UNCHANGED, verify.verify(job(approval, UNDO), 10).status());
    Report unproved = verify.verify(job(approval, null), 10);
    assertEquals(Report.Status.UNCHANGED, unproved.status());
    assertNull(unproved.approvalSha256());
    assertEquals("plan.unproved", unproved.warnings().get(0).code());
    origin.set(9 * CHUNK + 5, new byte[] {1});
    ProblemException e =
        assertThrows(ProblemException.class, () -> verify.verify(job(approval, null), 10));
    assertEquals("plan.unproved", e.problem().code().code());
    assertEquals(1, verify.verify(job(plan.toString(), null), 10).exceptions().pending());
    store.set(2 * CHUNK, new byte[] {0x55});
    e = assertThrows(ProblemException.class, () -> verify.verify(job(plan.toString(), null), 10));
    assertEquals("plan.stale", e.problem().code().code());
  }

  @Test
  void aPlanMayBeReformatted() throws IOException {
    JsonMapper mapper =
        JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();
    Object read = mapper.readValue(Files.readString(plan), Object.class);
    Files.writeString(plan, mapper.writeValueAsString(read));
    applied(plan.toString(), null);
  }

  @Test
  void aTruncatedPlanIsRefused() throws IOException {
    String whole = Files.readString(plan).stripTrailing();
    for (int length = 0; length < whole.length(); length += 13) {
      Files.writeString(plan, whole.substring(0, length));
      refused("plan.syntax", plan.toString());
    }
  }

  @Test
  void detectsAChangeOfAnyDigit() throws IOException {
    String whole = Files.readString(plan);
    Matcher digests = DIGEST.matcher(whole);
    int found = 0;
    while (digests.find()) {
      found++;
      for (int at = digests.start(); at < digests.end(); at++) {
        char other = whole.charAt(at) == '0' ? '1' : '0';
        Files.writeString(plan, whole.substring(0, at) + other + whole.substring(at + 1));
        refused("plan.syntax", plan.toString());
      }
    }
    assertEquals(9, found);
  }

  @Test
  void doesNotWriteAStoreThatChangedAfterTheCheck() {
    Report report =
        merge(
                what -> {
                  if (what.equals("applying")) {
                    store.set(3 * CHUNK, new byte[] {0x55});
                  }
                })
            .apply(job(plan.toString(), null), 10, null);
    assertEquals("store.changed", code(report));
    assertEquals(Report.Status.FAILED, report.status());
    assertEquals(3, report.exceptions().pending());
    assertArrayEquals(before, origin.durableContent());
  }

  private void applied(String expect, @Nullable String undo) {
    assertNull(apply(expect, undo).problem());
    assertArrayEquals(merged, origin.durableContent());
  }

  private Problem refused(String code, String expect) {
    byte[] content = origin.content();
    ProblemException e = assertThrows(ProblemException.class, () -> apply(expect, null));
    assertEquals(code, e.problem().code().code(), e.problem().message());
    assertArrayEquals(content, origin.content());
    return e.problem();
  }

  private static String code(Report report) {
    Problem problem = report.problem();
    assertNotNull(problem);
    return problem.code().code();
  }

  private static Job job(String expect, @Nullable String undo) {
    return new Job(
        "/dev/store",
        "/dev/origin",
        false,
        false,
        true,
        expect,
        false,
        false,
        undo,
        null,
        false,
        null);
  }

  private Report apply(String expect, @Nullable String undo) {
    return merge(what -> {}).apply(job(expect, undo), 10, null);
  }

  private Merge merge(Consumer<String> begun) {
    RunListener listener =
        new SilentListener() {
          @Override
          public Progress begin(String what, long bytes) {
            begun.accept(what);
            return Progress.NONE;
          }
        };
    return new Merge(
        devices, Clock.systemUTC(), listener, CancelSignal.NEVER, List.of(), new TestEnvironment());
  }
}

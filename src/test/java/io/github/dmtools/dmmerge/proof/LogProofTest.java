package io.github.dmtools.dmmerge.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.approval.ApprovedPlan;
import io.github.dmtools.dmmerge.approval.Target;
import io.github.dmtools.dmmerge.audit.AuditEvent;
import io.github.dmtools.dmmerge.audit.AuditEvent.BatchFailed;
import io.github.dmtools.dmmerge.audit.AuditEvent.BatchWritten;
import io.github.dmtools.dmmerge.audit.AuditEvent.Digested;
import io.github.dmtools.dmmerge.audit.AuditEvent.ExtentFailed;
import io.github.dmtools.dmmerge.audit.AuditEvent.ExtentWrite;
import io.github.dmtools.dmmerge.audit.AuditEvent.Outcome;
import io.github.dmtools.dmmerge.audit.AuditEvent.RunFinished;
import io.github.dmtools.dmmerge.audit.AuditEvent.RunStarted;
import io.github.dmtools.dmmerge.audit.AuditFinding;
import io.github.dmtools.dmmerge.audit.AuditJob;
import io.github.dmtools.dmmerge.audit.AuditLine;
import io.github.dmtools.dmmerge.audit.AuditReport;
import io.github.dmtools.dmmerge.audit.AuditRun;
import io.github.dmtools.dmmerge.audit.Operator;
import io.github.dmtools.dmmerge.audit.SampleLog;
import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.digest.Sha256;
import io.github.dmtools.dmmerge.plan.ChunkState;
import io.github.dmtools.dmmerge.plan.DdLine;
import io.github.dmtools.dmmerge.plan.OriginsDigest;
import io.github.dmtools.dmmerge.plan.PlanDigest;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.proof.AuditProof.Verdict;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Proofs of invented plans by invented logs. */
final class LogProofTest {
  private static final long CHUNK = 4096;
  private static final Instant PLANNED = Instant.parse("2026-03-02T09:00:00Z");
  private static final Instant LATER = PLANNED.plusSeconds(1);
  private static final String PLAN_SHA256 = "5e".repeat(32);

  private final List<PlannedChunk> plan = new ArrayList<>();
  private final List<AuditLine> log = new ArrayList<>();
  private final List<AuditFinding> findings = new ArrayList<>();
  private AuditRun run = run("/origin", "/store", PLAN_SHA256);
  private long chunkBytes = CHUNK;
  private boolean withOrigin = true;
  private int maxChunks = ProofPlan.MAX_CHUNKS;
  private int passes;

  LogProofTest() {
    for (int chunk = 0; chunk < 20; chunk++) {
      plan(chunk, chunk % 5 != 4);
    }
  }

  private void plan(long chunk, boolean pending) {
    String store = hex(after(chunk));
    plan.add(
        new PlannedChunk(
            plan.size(),
            chunk,
            chunk + 2,
            CHUNK,
            pending ? ChunkState.PENDING : ChunkState.APPLIED,
            store,
            pending ? hex(before(chunk)) : store));
  }

  @Test
  void aDurableBatchProves() {
    start();
    write(1, 0, 4);
    write(1, 5, 4);
    batch(1);
    write(2, 10, 1);
    write(2, 11, 2);
    batch(2);
    expect(Map.of(Verdict.PROVED, 11L, Verdict.MISSING, 5L));
    assertEquals(13, first());
    write(3, 13, 1);
    write(3, 15, 4);
    batch(3);
    expect(Map.of(Verdict.PROVED, 16L));
  }

  @Test
  void onlyItsOwnBatchProves() {
    start();
    write(1, 0, 4);
    batch(2);
    expect(Map.of(Verdict.NOT_DURABLE, 4L, Verdict.MISSING, 12L));
    start();
    batch(1);
    expect(Map.of(Verdict.NOT_DURABLE, 4L, Verdict.MISSING, 12L));
    write(1, 0, 4);
    add(new BatchFailed(1, "device.barrier", "failed"));
    batch(1);
    expect(Map.of(Verdict.NOT_DURABLE, 4L, Verdict.MISSING, 12L));
  }

  @Test
  void aFailureRevokesItsChunks() {
    start();
    write(1, 0, 4);
    add(new ExtentFailed(2 * CHUNK, 0, CHUNK, "device.write", "failed"));
    batch(1);
    expect(Map.of(Verdict.PROVED, 3L, Verdict.NOT_DURABLE, 1L, Verdict.MISSING, 12L));
    assertEquals(2, first());
  }

  @Test
  void aFinishedRunProvesWhatItFoundWritten() {
    start();
    write(1, 0, 4);
    start();
    write(1, 5, 4);
    batch(1);
    expect(Map.of(Verdict.PROVED, 4L, Verdict.NOT_DURABLE, 4L, Verdict.MISSING, 8L));
    add(new RunFinished(Outcome.INTERRUPTED, 4 * CHUNK, 4 * CHUNK, 0, 12 * CHUNK, "x.y"));
    expect(Map.of(Verdict.PROVED, 4L, Verdict.NOT_DURABLE, 4L, Verdict.MISSING, 8L));
    add(new RunFinished(Outcome.APPLIED, 4 * CHUNK, 4 * CHUNK, 0, 0, null));
    expect(Map.of(Verdict.PROVED, 4L, Verdict.NOT_DURABLE, 4L, Verdict.MISSING, 8L));
    add(new RunFinished(Outcome.APPLIED, 4 * CHUNK, 16 * CHUNK, 0, 0, null));
    // No extent of the others was logged, so they were not written for this plan.
    expect(Map.of(Verdict.PROVED, 8L, Verdict.MISSING, 8L));
  }

  /** A killed run wrote the chunk in part, and proves its content before. */
  @Test
  void beforeAndAfterMayComeFromTwoRuns() {
    start();
    write(1, 0, 4);
    start();
    write(1, 0, 4, new byte[32], combined(0, 4, true));
    batch(1);
    expect(Map.of(Verdict.PROVED, 4L, Verdict.MISSING, 12L));
  }

  @Test
  void afterAloneIsNotEnough() {
    start();
    write(1, 0, 4, new byte[32], combined(0, 4, true));
    batch(1);
    expect(Map.of(Verdict.BEFORE_DIFFERS, 4L, Verdict.MISSING, 12L));
    // A later extent does not prove an earlier write.
    start();
    write(1, 0, 4);
    expect(Map.of(Verdict.NOT_DURABLE, 4L, Verdict.MISSING, 12L));
  }

  @Test
  void otherContentProvesNothing() {
    start();
    write(1, 0, 4, combined(0, 4, false), new byte[32]);
    batch(1);
    add(new RunFinished(Outcome.APPLIED, 4 * CHUNK, 16 * CHUNK, 0, 0, null));
    expect(Map.of(Verdict.AFTER_DIFFERS, 4L, Verdict.MISSING, 12L));
  }

  /** Chunk 4 was not pending, and chunk 20 is in no plan. */
  @Test
  void anExtentWithOtherChunksIsNotPlanned() {
    start();
    write(1, 3, 3);
    write(1, 18, 3);
    batch(1);
    expect(Map.of(Verdict.AFTER_DIFFERS, 3L, Verdict.MISSING, 13L));
  }

  @Test
  void otherRunsDoNotCount() {
    for (AuditRun other :
        List.of(
            run("/other", "/store", PLAN_SHA256),
            run("/origin", "/other", PLAN_SHA256),
            run("/origin", "/store", "00".repeat(32)))) {
      run = other;
      startAndWriteAll(LATER, CHUNK);
    }
    run = run("/origin", "/store", PLAN_SHA256);
    startAndWriteAll(PLANNED.minusMillis(1), CHUNK);
    startAndWriteAll(LATER, 512);
    expect(Map.of(Verdict.MISSING, 16L));
    run = run("/origin", "/store", null);
    startAndWriteAll(PLANNED, CHUNK);
    expect(Map.of(Verdict.PROVED, 16L));
  }

  private void startAndWriteAll(Instant time, long chunkBytesOfTheRun) {
    AuditJob job = SampleLog.job();
    AuditJob said =
        new AuditJob(
            job.options(), job.origin(), job.store(), chunkBytesOfTheRun, 20, 1, null, null, null);
    log.add(new AuditLine(time, run, new RunStarted(said)));
    for (int chunk = 0; chunk < 20; chunk += 5) {
      write(1, chunk, 4);
    }
    batch(1);
  }

  @Test
  void oldExtentsOfOneChunkAreCompared() {
    log.add(new AuditLine(LATER, run, new RunStarted(null)));
    add(new ExtentWrite(1, 0, 0, CHUNK, Digested.BYTES, before(0), after(0)));
    add(
        new ExtentWrite(
            1,
            CHUNK,
            CHUNK,
            2 * CHUNK,
            Digested.BYTES,
            combined(1, 2, false),
            combined(1, 2, true)));
    batch(1);
    expect(Map.of(Verdict.PROVED, 1L, Verdict.NO_CHUNK_DIGESTS, 2L, Verdict.MISSING, 13L));
  }

  /** Unusual extents must not lead to a wrong verdict. */
  @Test
  void unusualExtentsProveNothing() {
    start();
    add(extent(1, 0, 100, CHUNK));
    add(extent(1, CHUNK, 0, 0));
    add(extent(1, 0, Long.MAX_VALUE, 0));
    add(extent(1, 512, CHUNK, 0));
    add(new ExtentWrite(1, 0, 0, CHUNK, Digested.PIECE, before(0), after(0)));
    add(new ExtentFailed(0, 0, Long.MAX_VALUE, "device.write", "failed"));
    batch(1);
    AuditProof proof = proof();
    assertEquals(0, proof.count(Verdict.PROVED));
  }

  private static ExtentWrite extent(long batch, long offset, long bytes, long store) {
    return new ExtentWrite(batch, offset, store, bytes, Digested.CHUNKS, before(0), after(0));
  }

  /** The verdicts do not depend on the size and limits of bands. */
  @Test
  void bandsDoNotMatter() {
    plan.clear();
    Random random = new Random(14);
    long chunk = 0;
    for (int i = 0; i < 300; i++) {
      chunk += random.nextInt(20) == 0 ? 1 + random.nextInt(1 << 30) : 1;
      plan(chunk, true);
    }
    List<Long> chunks = plan.stream().map(PlannedChunk::oldChunk).toList();
    Collections.shuffle(plan, random);
    for (int i = 0; i < plan.size(); i++) {
      PlannedChunk e = plan.get(i);
      plan.set(
          i,
          new PlannedChunk(
              i,
              e.oldChunk(),
              e.newChunk(),
              e.bytes(),
              e.state(),
              e.sourceSha256(),
              e.originSha256()));
    }
    start();
    for (int i = 0; i < chunks.size(); ) {
      int length = 1;
      while (length < 9
          && i + length < chunks.size()
          && chunks.get(i + length) == chunks.get(i) + length) {
        length++;
      }
      if (random.nextInt(10) > 0) {
        write(1, chunks.get(i), length);
      }
      i += length;
    }
    batch(1);
    AuditProof whole = proof();
    assertEquals(1, passes);
    assertTrue(whole.count(Verdict.PROVED) > 200 && whole.count(Verdict.MISSING) > 0);
    for (int size : new int[] {1, 2, 3, 7, 50, 299, 300}) {
      maxChunks = size;
      passes = 0;
      assertEquals(whole, proof());
      assertEquals(size == 300, passes == 1, "bands of " + size);
    }
  }

  @Test
  void aBrokenLogProvesNothing() {
    start();
    findings.add(new AuditFinding("audit.changed", "line 1 is another", 1, 0));
    assertNull(result().proof());
  }

  @Test
  void aPlanWithNothingPendingIsProvedByAnyLog() {
    plan.clear();
    assertTrue(proof().complete());
    plan(7, false);
    assertTrue(proof().complete());
    assertEquals(0, proof().pending());
  }

  @Test
  void refusesPlansThatCannotBeProved() {
    plan(3, true);
    assertEquals(ProblemCode.PLAN_SYNTAX, code());
    plan.clear();
    withOrigin = false;
    plan.add(new PlannedChunk(0, 99, 99, CHUNK, null, "00".repeat(32), null));
    assertEquals(ProblemCode.AUDIT_NO_PROOF, code());
    plan.set(0, new PlannedChunk(0, 99, 99, CHUNK, null, null, null));
    assertEquals(ProblemCode.PLAN_SYNTAX, code());
    withOrigin = true;
    chunkBytes = 8 << 20;
    plan.set(
        0,
        new PlannedChunk(
            0, 9, 9, chunkBytes, ChunkState.APPLIED, "00".repeat(32), "00".repeat(32)));
    assertEquals(ProblemCode.AUDIT_NO_PROOF, code());
    chunkBytes = CHUNK;
    plan.clear();
    plan(3, true);
    plan(3, true);
    assertEquals(ProblemCode.PLAN_SYNTAX, code());
  }

  private ProblemCode code() {
    return assertThrows(ProblemException.class, this::result).problem().code();
  }

  private void start() {
    log.add(new AuditLine(LATER, run, new RunStarted(SampleLog.job())));
  }

  private void add(AuditEvent event) {
    log.add(new AuditLine(LATER, run, event));
  }

  private void batch(long number) {
    add(new BatchWritten(number, 1, 1));
  }

  private void write(long batch, long chunk, int count) {
    write(batch, chunk, count, combined(chunk, count, false), combined(chunk, count, true));
  }

  private void write(long batch, long chunk, int count, byte[] before, byte[] after) {
    add(
        new ExtentWrite(
            batch, chunk * CHUNK, chunk * CHUNK, count * CHUNK, Digested.CHUNKS, before, after));
  }

  private void expect(Map<Verdict, Long> counts) {
    assertEquals(counts, proof().counts());
  }

  private long first() {
    return proof().chunks().get(0).oldChunk();
  }

  private AuditProof proof() {
    AuditProof proof = result().proof();
    assertNotNull(proof);
    return proof;
  }

  private LogProof.Result result() {
    return LogProof.of(
        "plan.json",
        path -> new MemoryPlan(),
        sink -> {
          passes++;
          log.forEach(line -> sink.accept(named(line)));
          return new AuditReport("/log", 0, 0, null, null, List.of(), 0, findings, 0, List.of());
        },
        maxChunks);
  }

  private String planSha256() {
    PlanDigest digest = new PlanDigest(new ChunkSize(chunkBytes));
    for (PlannedChunk e : plan) {
      byte[] source = HexFormat.of().parseHex(String.valueOf(e.sourceSha256()));
      digest.add(e.oldChunk(), e.newChunk(), e.bytes(), source);
    }
    return digest.hex();
  }

  /** A run with the plan's digest at the time of the call. */
  private AuditLine named(AuditLine line) {
    AuditRun said = line.run();
    if (!PLAN_SHA256.equals(said.planSha256())) {
      return line;
    }
    AuditRun named =
        new AuditRun(
            said.id(),
            said.originPath(),
            said.storePath(),
            planSha256(),
            said.label(),
            said.operator());
    return new AuditLine(line.time(), named, line.event());
  }

  private final class MemoryPlan implements ApprovedPlan {
    private final DdLine lines =
        new DdLine(new ChunkSize(chunkBytes), "/store", withOrigin ? "/origin" : null);
    private int at;

    @Override
    public @Nullable PlannedChunk next() {
      return at == plan.size() ? null : plan.get(at++);
    }

    @Override
    public String dd() {
      PlannedChunk last = plan.get(at - 1);
      return lines.of(last.oldChunk(), last.newChunk(), last.bytes());
    }

    @Override
    public Facts facts() {
      OriginsDigest origins = new OriginsDigest();
      long pending = 0;
      for (PlannedChunk e : plan) {
        if (withOrigin) {
          origins.add(HexFormat.of().parseHex(String.valueOf(e.originSha256())));
        }
        pending += e.state() == ChunkState.PENDING ? 1 : 0;
      }
      long count = plan.size();
      return new Facts(
          PLANNED.toString(),
          false,
          new Device(new Target("/store", 1L << 40, null), false),
          withOrigin ? new Device(new Target("/origin", Long.MAX_VALUE, null), false) : null,
          chunkBytes,
          chunkBytes / 512,
          count,
          new Summary(
              count,
              withOrigin ? pending : null,
              withOrigin ? count - pending : null,
              count * chunkBytes,
              withOrigin ? pending * chunkBytes : null,
              withOrigin ? (count - pending) * chunkBytes : null),
          planSha256(),
          withOrigin ? origins.hex() : null,
          null);
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  private static AuditRun run(String origin, String store, @Nullable String planSha256) {
    return new AuditRun(
        UUID.randomUUID(), origin, store, planSha256, null, new Operator("", "", "", "", "", 1));
  }

  private static byte[] before(long chunk) {
    return Sha256.of(ByteBuffer.allocate(Long.BYTES).putLong(0, chunk));
  }

  private static byte[] after(long chunk) {
    return Sha256.of(ByteBuffer.allocate(Long.BYTES).putLong(0, ~chunk));
  }

  private static byte[] combined(long chunk, int count, boolean after) {
    ByteBuffer all = ByteBuffer.allocate(32 * count);
    for (int i = 0; i < count; i++) {
      all.put(after ? after(chunk + i) : before(chunk + i));
    }
    return Sha256.of(all.flip());
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}

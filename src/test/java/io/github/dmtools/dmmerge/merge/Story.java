package io.github.dmtools.dmmerge.merge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.dmtools.dmmerge.apply.Counts;
import io.github.dmtools.dmmerge.apply.FailedRange;
import io.github.dmtools.dmmerge.approval.ApprovedPlan;
import io.github.dmtools.dmmerge.audit.AuditEvent;
import io.github.dmtools.dmmerge.audit.AuditLine;
import io.github.dmtools.dmmerge.audit.AuditLog;
import io.github.dmtools.dmmerge.audit.AuditReport;
import io.github.dmtools.dmmerge.audit.FaultyLog;
import io.github.dmtools.dmmerge.audit.Operator;
import io.github.dmtools.dmmerge.audit.SampleLog;
import io.github.dmtools.dmmerge.device.Faults;
import io.github.dmtools.dmmerge.device.MemoryDisk;
import io.github.dmtools.dmmerge.device.PowerCut;
import io.github.dmtools.dmmerge.exceptionstore.RandomStore;
import io.github.dmtools.dmmerge.exceptionstore.StoreImage;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.json.JsonAuditCodec;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.WarningSink;
import io.github.dmtools.dmmerge.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job with an undo store and an audit log on devices that may fail, and the invariants after any
 * end of a run. They are checked against what would survive a power cut.
 */
final class Story {
  static final String STORE = "/dev/store";
  static final String ORIGIN = "/dev/origin";
  static final String UNDO = "/srv/undo";

  private static final int SECTOR = 512;
  private static final int PIECE = 4 << 20;

  /** The bytes on both devices before the first run. */
  record Start(StoreImage image, byte[] before, byte[] merged) {
    static Start random(long seed, int log2Sectors, int quarterAreas) {
      RandomStore store = RandomStore.of(seed, log2Sectors, quarterAreas);
      byte[] before = store.origin(seed);
      return new Start(store.image(), before, store.mergedInto(before));
    }

    static Start of(StoreImage image, byte[] before) {
      byte[] merged = before.clone();
      int chunk = (int) image.chunkSize().bytes();
      for (long[] entry : image.entries()) {
        int to = (int) entry[0] * chunk;
        int count = Math.min(chunk, merged.length - to);
        System.arraycopy(image.bytes(), (int) entry[1] * chunk, merged, to, count);
      }
      return new Start(image, before, merged);
    }
  }

  /** How a run ended: with a report, with a refusal, or in a power cut. */
  record End(@Nullable Report report, @Nullable Problem refusal) {
    @Nullable Problem problem() {
      return report != null ? report.problem() : refusal;
    }
  }

  private final Start start;
  private final Path logPath;
  private final FaultyLog log;
  private final MemoryDisk origin;
  private final MemoryDevices devices = new MemoryDevices();

  /**
   * @param directory where the audit log goes
   */
  Story(Start start, Path directory) {
    this.start = start;
    this.logPath = directory.resolve(UUID.randomUUID() + ".jsonl");
    this.log = new FaultyLog(logPath);
    this.origin = new MemoryDisk(ORIGIN, start.before());
    devices.add(start.image().disk()).add(origin);
  }

  String logPath() {
    return logPath.toString();
  }

  /** Runs the job once. */
  End run(Faults faults) {
    return run(job(STORE, UNDO, logPath()), faults);
  }

  private static Job job(String input, @Nullable String undo, @Nullable String audit) {
    return new Job(input, ORIGIN, false, false, true, null, false, false, undo, audit, false, null);
  }

  private End run(Job job, Faults faults) {
    Merge merge =
        new Merge(
            new FaultyDevices(devices, faults),
            Clock.systemUTC(),
            new SilentListener(),
            CancelSignal.NEVER,
            List.of(),
            new FaultyRecords(log, faults));
    try {
      return new End(merge.apply(job, 10, null), null);
    } catch (ProblemException e) {
      return new End(null, e.problem());
    } catch (PowerCut.Cut e) {
      return new End(null, null);
    }
  }

  /** Loses everything since the last barrier, or a random part of it. */
  void crash(Random random, boolean all) throws IOException {
    log.crash(all ? new Random(0) : random);
    List<MemoryDisk> disks = new ArrayList<>(List.of(origin));
    if (devices.isFile(UNDO)) {
      disks.add(devices.at(UNDO));
    }
    for (MemoryDisk disk : disks) {
      if (all) {
        disk.crash();
      } else {
        disk.crash(random);
      }
    }
  }

  /** The process is killed, and the caches stay. */
  void killed() throws IOException {
    log.killed();
  }

  /** Requires the invariants after any end of a run. */
  void requireSound(End end) throws IOException {
    byte[] durable = origin.durableContent();
    requireOldOrNew(durable);
    requireSaved(durable);
    requireLogTrue(durable);
    if (end.report() != null) {
      requireReportTrue(end.report(), durable);
    } else if (end.refusal() != null) {
      assertArrayEquals(origin.content(), durable, "refused, and yet something was written");
    }
  }

  private void requireOldOrNew(byte[] durable) {
    for (int at = 0; at < durable.length; at += SECTOR) {
      int end = Math.min(at + SECTOR, durable.length);
      if (!Arrays.equals(durable, at, end, start.before(), at, end)
          && !Arrays.equals(durable, at, end, start.merged(), at, end)) {
        fail("neither old nor new: the sector at byte " + at);
      }
    }
  }

  private void requireSaved(byte[] durable) {
    SavedChunks saved =
        devices.isFile(UNDO) ? new SavedChunks(devices.at(UNDO).durableContent()) : null;
    long chunkBytes = start.image().chunkSize().bytes();
    for (long[] entry : start.image().entries()) {
      int from = (int) (entry[0] * chunkBytes);
      int to = (int) Math.min(from + chunkBytes, durable.length);
      if (!Arrays.equals(durable, from, to, start.before(), from, to)) {
        assertNotNull(saved, "overwritten without an undo store");
        if (!saved.holds(entry[0], start.before())) {
          fail("overwritten and not saved: chunk " + entry[0]);
        }
      }
    }
  }

  private void requireReportTrue(Report report, byte[] durable) {
    for (Counts counts : List.of(report.exceptions(), report.bytes())) {
      assertEquals(
          counts.total(),
          counts.written() + counts.unchanged() + counts.failed() + counts.pending(),
          counts.toString());
    }
    BitSet failed = new BitSet();
    for (FailedRange range : report.failures()) {
      failed.set((int) range.originOffset(), (int) (range.originOffset() + range.bytes()));
    }
    Counts bytes = report.bytes();
    if (report.failuresOmitted() == 0) {
      assertEquals(bytes.failed(), failed.cardinality());
    } else {
      assertTrue(bytes.failed() > failed.cardinality());
      return;
    }
    requireNew(bytes.unchanged() + bytes.written() + bytes.failed(), failed, durable);
    boolean done = report.problem() == null;
    assertEquals(done, bytes.pending() == 0 && bytes.failed() == 0 && report.problem() == null);
    if (done) {
      assertArrayEquals(start.merged(), durable);
    }
    assertEquals(
        done
            ? report.changed() ? Report.Status.APPLIED : Report.Status.UNCHANGED
            : Report.Status.FAILED,
        report.status());
  }

  /** A table this small is applied in the origin's order if its chunks are single pieces. */
  private List<long[]> inApplyOrder() {
    List<long[]> entries = new ArrayList<>(start.image().entries());
    if (start.image().chunkSize().bytes() <= PIECE) {
      entries.sort(Comparator.comparingLong(entry -> entry[0]));
    }
    return entries;
  }

  /** Requires that all bytes up to {@code reached} are new, except the failed ones. */
  private void requireNew(long reached, BitSet failed, byte[] durable) {
    long left = reached;
    long chunkBytes = start.image().chunkSize().bytes();
    for (long[] entry : inApplyOrder()) {
      int end = (int) Math.min((entry[0] + 1) * chunkBytes, durable.length);
      for (int from = (int) (entry[0] * chunkBytes); from < end && left > 0; from += PIECE) {
        int to = Math.min(from + PIECE, end);
        if (!failed.get(from)) {
          if (!Arrays.equals(durable, from, to, start.merged(), from, to)) {
            fail("reported as written or unchanged but not new: from byte " + from);
          }
        }
        left -= to - from;
      }
    }
    assertEquals(0, left);
  }

  /** A batch is logged as written only if all of it is durable, except the logged failures. */
  private void requireLogTrue(byte[] durable) throws IOException {
    BitSet batch = new BitSet();
    for (AuditLine line : lines()) {
      AuditEvent event = line.event();
      if (event instanceof AuditEvent.RunStarted) {
        batch.clear();
      } else if (event instanceof AuditEvent.ExtentWrite write) {
        batch.set((int) write.originOffset(), (int) (write.originOffset() + write.bytes()));
      } else if (event instanceof AuditEvent.ExtentFailed failed) {
        batch.clear((int) failed.originOffset(), (int) (failed.originOffset() + failed.bytes()));
      } else if (event instanceof AuditEvent.BatchFailed) {
        batch.clear();
      } else if (event instanceof AuditEvent.BatchWritten written) {
        assertEquals(written.bytes(), batch.cardinality());
        for (int from = batch.nextSetBit(0); from >= 0; ) {
          int to = batch.nextClearBit(from);
          assertTrue(
              Arrays.equals(start.merged(), from, to, durable, from, to),
              "reported as durable but is not: from byte " + from);
          from = batch.nextSetBit(to);
        }
        batch.clear();
      }
    }
  }

  /** The complete lines of the log. */
  private List<AuditLine> lines() throws IOException {
    byte[] bytes = Files.exists(logPath) ? Files.readAllBytes(logPath) : new byte[0];
    List<AuditLine> lines = new ArrayList<>();
    int from = 0;
    for (int at = 0; at < bytes.length; at++) {
      if (bytes[at] == '\n') {
        lines.add(
            Objects.requireNonNull(
                new JsonAuditCodec().parse(bytes, from, at - from), "invalid line"));
        from = at + 1;
      }
    }
    return lines;
  }

  /** The same job completes with the same bytes, and can be undone. */
  void requireCompletion(int runs) throws IOException {
    End end = run(Faults.none());
    assertNull(end.problem(), () -> String.valueOf(end.problem()));
    assertNotNull(end.report());
    requireSound(end);
    assertArrayEquals(start.merged(), origin.durableContent());
    AuditReport audit = SampleLog.check(logPath);
    assertEquals(List.of(), audit.findings());
    assertEquals(runs, audit.runs().size());
    assertNotNull(audit.runs().get(runs - 1).finished());
    assertEquals(Objects.requireNonNull(end.report().audit()).seq(), audit.lines());

    assertTrue(new SavedChunks(devices.at(UNDO).durableContent()).complete());
    End undone = run(job(UNDO, null, null), Faults.none());
    assertNull(undone.problem(), () -> String.valueOf(undone.problem()));
    assertArrayEquals(start.before(), origin.durableContent());
  }

  /** Number of runs in the log. */
  int runsTold() throws IOException {
    return (int) lines().stream().filter(l -> l.event() instanceof AuditEvent.RunStarted).count();
  }

  private record FaultyRecords(FaultyLog log, Faults faults) implements RunEnvironment {
    @Override
    public ApprovedPlan approvedPlan(String path) {
      return TestPlans.open(path);
    }

    @Override
    public AuditLog auditLog(String path, WarningSink warnings) {
      return log.open(faults, warnings);
    }

    @Override
    public Operator operator() {
      return new TestEnvironment().operator();
    }
  }
}

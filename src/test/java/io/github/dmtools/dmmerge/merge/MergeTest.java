package io.github.dmtools.dmmerge.merge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.copy.Progress;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.DeviceUse;
import io.github.dmtools.dmmerge.device.LockMode;
import io.github.dmtools.dmmerge.device.MemoryDisk;
import io.github.dmtools.dmmerge.device.PhysicalRanges;
import io.github.dmtools.dmmerge.device.Stamp;
import io.github.dmtools.dmmerge.exceptionstore.StoreImage;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.Warning;
import io.github.dmtools.dmmerge.report.PlanDocument;
import io.github.dmtools.dmmerge.report.PlanHead;
import io.github.dmtools.dmmerge.report.Report;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whole runs on devices in memory. */
final class MergeTest {
  private static final int CHUNK = 4096;

  private final byte[] before = Stamp.of('o', 10 * CHUNK);
  private final byte[] merged = before.clone();
  private final StoreImage image = StoreImage.withRoomFor(8, 2).entry(7, 2).entry(0, 3);
  private final MemoryDisk store = image.disk();
  private final MemoryDisk origin = new MemoryDisk("/dev/origin", before);
  private final MemoryDevices devices = new MemoryDevices().add(store).add(origin);
  private final List<Warning> warnings = new ArrayList<>();

  MergeTest() {
    System.arraycopy(image.bytes(), 2 * CHUNK, merged, 7 * CHUNK, CHUNK);
    System.arraycopy(image.bytes(), 3 * CHUNK, merged, 0, CHUNK);
  }

  @Test
  void aDryRunOpensNothingForWriting() {
    Report report = apply(job(false));
    assertEquals(Report.Status.PLANNED, report.status());
    assertEquals(2, report.exceptions().pending());
    assertEquals(0, devices.openedForWriting());
    assertEquals(0, origin.barriers());
    assertArrayEquals(before, origin.content());
  }

  @Test
  void mergesAndFlushesAndASecondRunDoesNothing() {
    Report report = apply(job(true));
    assertEquals(Report.Status.APPLIED, report.status());
    assertEquals(2, report.exceptions().written());
    assertArrayEquals(merged, origin.durableContent());
    assertEquals(2, origin.cachesFlushed(), "before reading and after writing");
    Report again = apply(job(true));
    assertEquals(Report.Status.UNCHANGED, again.status());
    assertEquals(2, origin.barriers(), "equal data is made durable too");
    assertEquals(Report.Status.UNCHANGED, merge().verify(job(false), 10).status());
  }

  /** After a failed barrier the undo store stays open, and the same job continues it. */
  @Test
  void continuesItsUndoStore() {
    Job undoable = undoable("/undo");
    origin.failBarrier(1);
    assertEquals(ProblemCode.DEVICE_BARRIER, problem(apply(undoable)));
    Report again = apply(undoable);
    assertEquals(Report.Status.APPLIED, again.status());
    assertEquals(2, Objects.requireNonNull(again.undo()).exceptions());
    assertTrue(Objects.requireNonNull(again.undo()).continued());
    Report undone = apply(Job.plain("/undo", "/dev/origin", false, false, true));
    assertEquals(Report.Status.APPLIED, undone.status());
    assertArrayEquals(before, origin.durableContent());
  }

  @Test
  void refusesAnOutdatedUndoStore() {
    origin.failBarrier(1);
    apply(undoable("/undo"));
    byte[] since = Stamp.of('s', CHUNK);
    origin.set(7 * CHUNK, since);
    byte[] now = origin.content();
    Report report = apply(undoable("/undo"));
    assertEquals(ProblemCode.UNDO_STALE, problem(report));
    assertFalse(report.changed());
    assertArrayEquals(now, origin.content());

    assertEquals(Report.Status.APPLIED, apply(undoable("/another")).status());
    apply(Job.plain("/another", "/dev/origin", false, false, true));
    assertArrayEquals(now, origin.durableContent());
  }

  /** A chunk that a killed run was writing holds old and new sectors. */
  @Test
  void continuesWithAHalfWrittenChunk() {
    origin.failBarrier(1);
    apply(undoable("/undo"));
    origin.set(7 * CHUNK, merged, 7 * CHUNK, CHUNK / 2);
    assertEquals(Report.Status.APPLIED, apply(undoable("/undo")).status());
    assertArrayEquals(merged, origin.durableContent());
    apply(Job.plain("/undo", "/dev/origin", false, false, true));
    assertArrayEquals(before, origin.durableContent());
  }

  private static Job undoable(String undo) {
    return new Job(
        "/dev/store",
        "/dev/origin",
        false,
        false,
        true,
        null,
        false,
        false,
        undo,
        null,
        false,
        null);
  }

  private static @Nullable ProblemCode problem(Report report) {
    Problem problem = report.problem();
    return problem == null ? null : problem.code();
  }

  @Test
  void readsWhatDeviceMapperWroteBelowTheCache() {
    byte[] fresh = new byte[CHUNK];
    Arrays.fill(fresh, (byte) 7);
    store.writeBeneath(2 * CHUNK, fresh);
    origin.writeBeneath(0, Arrays.copyOfRange(merged, 0, CHUNK));
    Report report = apply(job(true));
    assertEquals(1, report.exceptions().written());
    assertEquals(1, report.exceptions().unchanged());
    assertArrayEquals(fresh, Arrays.copyOfRange(origin.durableContent(), 7 * CHUNK, 8 * CHUNK));
  }

  @Test
  void aFailedFlushStopsTheRunUnlessRelaxed() {
    store.failFlushes();
    refused("device.flush", job(true));
    Report report = apply(Job.plain("/dev/store", "/dev/origin", false, true, true));
    assertEquals(Report.Status.APPLIED, report.status());
    assertTrue(
        report.warnings().stream().anyMatch(warning -> warning.code().equals("device.flush")));
    assertEquals(report.warnings(), warnings);
  }

  @Test
  void guardsStopARealRunAndWarnInADryRun() {
    mountOrigin();
    refused("device.mounted", job(true));
    assertEquals(0, devices.openedForWriting());
    Report report = apply(job(false));
    assertEquals(Report.Status.PLANNED, report.status());
    assertEquals("device.mounted", report.warnings().get(0).code());
  }

  @Test
  void aSecondRunIsRefusedAndTheFirstKeepsItsLock() {
    try (BlockDevice other = origin.openForReading()) {
      assertTrue(other.tryLock(LockMode.SHARED));
      refused("device.busy", job(true));
      assertEquals(Report.Status.PLANNED, apply(job(false)).status(), "readers share the lock");
    }
    try (BlockDevice other = origin.openForReading()) {
      assertTrue(other.tryLock(LockMode.EXCLUSIVE));
      refused("device.busy", job(false));
    }
    assertEquals(Report.Status.APPLIED, apply(job(true)).status());
  }

  @Test
  void everyOutcomeReleasesTheLocks() {
    store.set(0, new byte[16]);
    refused("store.uninitialized", job(true));
    for (MemoryDisk disk : List.of(store, origin)) {
      try (BlockDevice device = disk.openForReading()) {
        assertTrue(device.tryLock(LockMode.EXCLUSIVE), disk.path() + " is still locked");
      }
    }
  }

  @Test
  void aJobWithoutAnOutputCannotBeApplied() {
    refused("job.output_missing", Job.plain("/dev/store", null, false, false, true));
    refused("device.same", Job.plain("/dev/store", "/dev/store", false, false, true));
    refused("path.missing", Job.plain("/dev/none", "/dev/origin", false, false, true));
  }

  @Test
  void aFailedBarrierFailsTheRun() {
    origin.failBarrier(1);
    Report report = apply(job(true));
    assertEquals(Report.Status.FAILED, report.status());
    assertTrue(report.changed());
    assertEquals(0, report.exceptions().written());
    assertEquals(Report.Status.APPLIED, apply(job(true)).status());
    assertArrayEquals(merged, origin.durableContent());
  }

  @Test
  void detectsAMountBeforeTheFirstWrite() {
    PlanDocument mountsMeanwhile =
        new PlanDocument() {
          @Override
          public void begin(PlanHead head) {
            mountOrigin();
          }

          @Override
          public void accept(PlannedChunk exception) {}

          @Override
          public void end(
              PlanTotals totals, @Nullable String approvalSha256, List<Warning> found) {}
        };
    ProblemException e =
        assertThrows(ProblemException.class, () -> merge().apply(job(true), 10, mountsMeanwhile));
    assertEquals("device.mounted", e.problem().code().code());
    assertArrayEquals(before, origin.content());
  }

  @Test
  void aBugStillHasABarrierAndAReport() {
    Progress broken =
        bytes -> {
          throw new IllegalStateException("a bug");
        };
    Report report = merge(broken).apply(job(true), 10, null);
    assertEquals(Report.Status.FAILED, report.status());
    assertEquals("internal.bug", Objects.requireNonNull(report.problem()).code().code());
    assertTrue(report.changed());
    assertEquals(1, origin.barriers());
    assertArrayEquals(origin.content(), origin.durableContent());
  }

  /** As after a table reload: the data went to sectors that no guard checked. */
  @Test
  void aRemappedOriginFailsTheRun() {
    DeviceUse free = MemoryDevices.free(origin);
    DeviceUse moved =
        new DeviceUse(
            List.of(),
            PhysicalRanges.whole("block:8:16", origin.size()),
            false,
            free.itself(),
            List.of(),
            List.of());
    Report report = merge(bytes -> devices.use("/dev/origin", moved)).apply(job(true), 10, null);
    assertEquals(Report.Status.FAILED, report.status());
    assertEquals("device.busy", Objects.requireNonNull(report.problem()).code().code());
  }

  private void mountOrigin() {
    DeviceUse free = MemoryDevices.free(origin);
    devices.use(
        "/dev/origin",
        new DeviceUse(
            List.of(),
            free.ranges(),
            false,
            UsedDevices.mounted(free.itself(), "/mnt"),
            List.of(),
            List.of()));
  }

  private static Job job(boolean force) {
    return Job.plain("/dev/store", "/dev/origin", false, false, force);
  }

  private Report apply(Job job) {
    return merge().apply(job, 10, null);
  }

  private void refused(String code, Job job) {
    ProblemException e = assertThrows(ProblemException.class, () -> apply(job));
    assertEquals(code, e.problem().code().code());
    assertArrayEquals(before, origin.content());
  }

  private Merge merge() {
    return merge(Progress.NONE);
  }

  private Merge merge(Progress progress) {
    RunListener listener =
        new SilentListener() {
          @Override
          public Progress begin(String what, long bytes) {
            return progress;
          }

          @Override
          public void warn(Warning warning) {
            warnings.add(warning);
          }
        };
    return new Merge(
        devices, Clock.systemUTC(), listener, CancelSignal.NEVER, List.of(), new TestEnvironment());
  }
}

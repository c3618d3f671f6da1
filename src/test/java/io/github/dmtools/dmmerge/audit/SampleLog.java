package io.github.dmtools.dmmerge.audit;

import io.github.dmtools.dmmerge.audit.AuditEvent.BatchWritten;
import io.github.dmtools.dmmerge.audit.AuditEvent.Digested;
import io.github.dmtools.dmmerge.audit.AuditEvent.ExtentFailed;
import io.github.dmtools.dmmerge.audit.AuditEvent.ExtentWrite;
import io.github.dmtools.dmmerge.audit.AuditEvent.Outcome;
import io.github.dmtools.dmmerge.audit.AuditEvent.RunFinished;
import io.github.dmtools.dmmerge.json.JsonAuditCodec;
import io.github.dmtools.dmmerge.linux.LinuxDevices;
import io.github.dmtools.dmmerge.ownfile.FileTargets;
import io.github.dmtools.dmmerge.problem.Warning;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Logs of invented runs, written by the product's classes. */
public final class SampleLog {
  /** Lines of {@link #appendRun} without those of its extents. */
  public static final int LINES_BESIDE_EXTENTS = 4;

  /** Shared: creating it reads all open descriptors. */
  private static final FileTargets TARGETS = new LinuxDevices().fileTargets();

  private SampleLog() {}

  /** A run; another one for every number. */
  public static AuditRun run(int number) {
    Operator operator = new Operator("db1", "alice", "1000", "root", "0", 4711 + number);
    return new AuditRun(
        new UUID(0x1234, number),
        "/dev/mapper/origin",
        "/dev/mapper/cow",
        number % 2 == 0 ? null : "5e".repeat(32),
        "CHG-" + number,
        operator);
  }

  /** Any job. */
  public static AuditJob job() {
    return new AuditJob(
        new AuditJob.Options(false, false, true, false, false, "plan.json", null),
        new AuditJob.Device("block", 1L << 30, "dm:origin", true),
        new AuditJob.Device("file", 1L << 20, "path:/cow", false),
        4096,
        1000,
        4_096_000,
        null,
        null,
        null);
  }

  /** Checks a log. */
  public static AuditReport check(Path log) {
    return AuditCheck.of(log, log, new JsonAuditCodec(), null, LineSink.NONE);
  }

  /** The file targets of this system. */
  public static FileTargets targets() {
    return TARGETS;
  }

  /** Opens a log that must not be torn. */
  public static AuditLog open(Path log) {
    return AuditLog.open(
        targets(),
        log.toString(),
        new JsonAuditCodec(),
        clock(),
        warning -> {
          throw new AssertionError(warning.message());
        });
  }

  /** Opens a log and keeps the warnings. */
  static AuditLog open(Path log, List<Warning> warnings) {
    return AuditLog.open(targets(), log.toString(), new JsonAuditCodec(), clock(), warnings::add);
  }

  /** Appends a whole run with every kind of event. Returns the head that its report would have. */
  public static @Nullable AuditHead appendRun(Path log, int number, int extents) {
    try (AuditLog audit = open(log)) {
      audit.start(run(number), job());
      for (int i = 0; i < extents; i++) {
        audit.append(extent(1, i));
      }
      audit.append(new BatchWritten(1, extents, 4096L * extents));
      audit.append(new ExtentFailed(512, 1024, 4096, "device.read", "cannot read \"it\"\n"));
      audit.append(new RunFinished(Outcome.FAILED, 4096L * extents, 8192, 4096, 0, "device.read"));
      audit.sync();
      return audit.head();
    }
  }

  /** Appends a run that is killed before its second batch is known to be written. */
  public static void appendKilledRun(Path log, int number) {
    try (AuditLog audit = open(log)) {
      audit.start(run(number), job());
      audit.append(extent(1, 1));
      audit.append(new BatchWritten(1, 1, 4096));
      audit.append(extent(2, 2));
      audit.append(extent(2, 3));
      audit.sync();
    }
  }

  static ExtentWrite extent(long batch, int index) {
    byte[] before = new byte[32];
    byte[] after = new byte[32];
    Arrays.fill(before, (byte) index);
    Arrays.fill(after, (byte) ~index);
    return new ExtentWrite(
        batch, 8192L * index, 4096L * index, 4096, Digested.CHUNKS, before, after);
  }

  /** A clock that goes on by an odd step whenever it is read. */
  static Clock clock() {
    return new Clock() {
      private Instant now = Instant.parse("2026-03-02T09:29:59.999Z");

      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        now = now.plus(Duration.ofNanos(123_456_789));
        return now;
      }
    };
  }
}

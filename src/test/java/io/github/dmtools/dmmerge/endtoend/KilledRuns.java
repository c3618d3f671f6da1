package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.audit.AuditReport;
import io.github.dmtools.dmmerge.audit.RunSummary;
import io.github.dmtools.dmmerge.audit.SampleLog;
import io.github.dmtools.dmmerge.exceptionstore.StoreCheck;
import io.github.dmtools.dmmerge.job.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Kills runs over one store, and checks what they left and what the next run does with it. Every
 * round starts and ends with the original content of the origin.
 */
final class KilledRuns {
  private static final int KILLED = 128 + 9;

  /** One kill of so many comes at any time; the others once the log has grown. */
  private static final int ANY_MOMENT = 8;

  /** One round of so many ends with the packaged launcher. */
  private static final int BY_COMMANDS = 8;

  /** A run writes windows of 16 MiB, and logs each one first. */
  private static final int PARTS = 6;

  /**
   * The most runs that are started for each kill: a kill that comes too late does not count. The
   * limit bounds the work on a slow machine.
   */
  private static final int MAX_ATTEMPTS = 10;

  private static final long POLL_NANOS = 50_000;

  private final Path directory;
  private final StampedStore stamped;
  private final Path origin;
  private final boolean direct;
  private final Random random;
  private final KillTally counts = new KillTally();
  private final Path records;
  private final Path undo;
  private final Path audit;
  private final Path approved;
  private final List<byte[]> torn = new ArrayList<>();
  private String approval = "";
  private @Nullable String expect;
  private StampedStore.Merged merged = StampedStore.Merged.NOTHING;
  private long runNanos;
  private long partNanos;
  private long logBytes;
  private long firstLineBytes;

  /**
   * @param origin the file of the store's origin, or a device on it
   */
  KilledRuns(Path directory, StampedStore stamped, Path origin, boolean direct, Random random)
      throws IOException {
    this.directory = directory;
    this.stamped = stamped;
    this.origin = origin;
    this.direct = direct;
    this.random = random;
    this.records = Files.createDirectory(directory.resolve("records"));
    this.undo = records.resolve("undo");
    this.audit = records.resolve("audit");
    this.approved = directory.resolve("approved.json");
  }

  /** Kills a number of runs. */
  KillTally kill(int kills) throws IOException {
    launcher().run("plan", "-", "-o", approved.toString()).expect(0);
    JsonNode plan = new JsonMapper().readTree(Files.readAllBytes(approved));
    approval = "sha256:" + plan.path("approval_sha256").asString();
    measure();
    while (counts.kills() < kills) {
      if (counts.attempts() >= kills * MAX_ATTEMPTS) {
        throw new AssertionError("most kills come too late: " + counts);
      }
      try {
        round();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(counts + ", then: " + e.getMessage(), e);
      }
    }
    return counts;
  }

  /** Measures a round without a kill. */
  private void measure() throws IOException {
    long start = System.nanoTime();
    Launcher.Running running = launcher().start("apply", "-");
    awaitLog(running, 0);
    long first = System.nanoTime();
    running.await().expect(0);
    long end = System.nanoTime();
    runNanos = end - start;
    logBytes = Files.size(audit);
    firstLineBytes = Files.readAllLines(audit).get(0).length() + 1L;
    partNanos = (end - first) / PARTS;
    stamped.requireAfter(Files.readAllBytes(origin));
    turnBack(false);
    forgetRecords();
  }

  private void round() throws IOException {
    expect =
        switch (random.nextInt(4)) {
          case 0 -> approved.toString();
          case 1 -> approval;
          default -> null;
        };
    boolean byCommands = random.nextInt(BY_COMMANDS) == 0;
    do {
      killOne();
    } while (merged.bytes() < stamped.pendingBytes() && random.nextInt(4) == 0);
    if (Files.exists(undo)) {
      requireSound(undo);
      if (merged.bytes() < stamped.pendingBytes() && random.nextInt(4) == 0) {
        turnBack(byCommands);
      }
    }
    runToTheEnd(byCommands);
    turnBack(byCommands);
    forgetRecords();
    counts.round();
  }

  private void killOne() throws IOException {
    long begin = sizeOfLog();
    int tornBefore = torn.size();
    long start = System.nanoTime();
    Launcher.Running running = launcher().start("apply", "-");
    if (random.nextInt(ANY_MOMENT) == 0) {
      pauseUntil(start + (long) (random.nextDouble() * runNanos));
    } else {
      double left = 1 - (double) merged.bytes() / stamped.pendingBytes();
      double told = random.nextDouble() * (logBytes - firstLineBytes) * left;
      awaitLog(running, begin + firstLineBytes + (long) told);
      pauseUntil(System.nanoTime() + (long) (random.nextDouble() * partNanos));
    }
    running.process().destroyForcibly();
    int status = running.await().status();
    StampedStore.Merged now = stamped.mergedInto(Files.readAllBytes(origin));
    if (status == 0) {
      // The run ended before the kill.
      assertEquals(stamped.pendingBytes(), now.bytes());
      counts.late();
    } else {
      assertEquals(KILLED, status, "the exit status");
      keepTorn();
      counts.kill(merged.bytes(), now, stamped.pendingBytes(), torn.size() > tornBefore);
    }
    merged = now;
  }

  /** A torn line may be seen after several kills, until a run moves it. */
  private void keepTorn() {
    byte[] line = AuditTail.of(audit).torn();
    if (line.length > 0 && tornFiles() == torn.size()) {
      torn.add(line);
    }
  }

  private long tornFiles() {
    try (Stream<Path> files = Files.list(records)) {
      return files.filter(file -> file.getFileName().toString().contains(".torn-")).count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void runToTheEnd(boolean byCommands) throws IOException {
    AuditTail left = AuditTail.of(audit);
    long pending = stamped.pendingBytes() - merged.inWholeChunks();
    JsonNode report = launcher().run("apply", "-").expect(0).json();
    assertEquals(pending > 0 ? "applied" : "unchanged", report.path("status").asString());
    assertEquals(pending, report.at("/bytes/written").asLong());
    assertEquals(stamped.pendingChunks(), report.at("/undo/exceptions").asLong());
    stamped.requireAfter(Files.readAllBytes(origin));
    requireRuns(left, pending);
    assertEquals(stamped.pendingChunks(), requireSound(undo).exceptions());
    if (byCommands) {
      Launcher commands = new Launcher(directory);
      JsonNode runs = commands.run("audit", audit.toString()).expect(0).json().path("runs");
      assertEquals(left.started() + 1, runs.size());
      commands.run("check", undo.toString()).expect(0);
    }
  }

  /** Checks that the log is good, and lists every run and whether it finished. */
  private void requireRuns(AuditTail left, long written) throws IOException {
    AuditReport report = SampleLog.check(audit);
    assertEquals(List.of(), report.findings());
    List<RunSummary> runs = report.runs();
    assertEquals(left.started() + 1, runs.size(), "runs in the log");
    assertEquals(left.finished() + 1, runs.stream().filter(run -> run.finished() != null).count());
    RunSummary last = runs.get(runs.size() - 1);
    assertNotNull(last.finished());
    assertEquals(written, last.bytes());
    assertEquals(0, last.batchesUnconfirmed());
    for (RunSummary run : runs.subList(0, runs.size() - 1)) {
      if (run.finished() == null) {
        assertTrue(run.batchesUnconfirmed() <= 1, "a batch began before the one before it ended");
      }
    }
    for (int i = 0; i < torn.size(); i++) {
      assertArrayEquals(torn.get(i), Files.readAllBytes(records.resolve("audit.torn-" + (i + 1))));
    }
    assertEquals(torn.size(), tornFiles());
  }

  private static StoreCheck requireSound(Path store) {
    StoreCheck check = InProcess.merge().check(store.toString()).check();
    assertTrue(check.sound(), () -> store + ": " + check.findings());
    return check;
  }

  /** Applies the undo store, complete or not, to the origin. */
  private void turnBack(boolean byCommands) throws IOException {
    if (byCommands) {
      String job = DirectJob.of(undo, origin, direct);
      new Launcher(directory).stdin(job).run("apply", "-").expect(0);
    } else {
      Job job = Job.plain(undo.toString(), origin.toString(), direct, false, true);
      assertNull(InProcess.merge().apply(job, 0, null).problem());
    }
    stamped.requireBefore(Files.readAllBytes(origin));
    merged = StampedStore.Merged.NOTHING;
  }

  /** Removes the run's files, and checks that there are no others. */
  private void forgetRecords() throws IOException {
    torn.clear();
    try (Stream<Path> files = Files.list(records)) {
      for (Path file : files.toList()) {
        assertTrue(
            file.getFileName().toString().matches("undo|audit(\\.torn-[0-9]+)?"),
            () -> file + " was left behind");
        Files.delete(file);
      }
    }
  }

  private Launcher launcher() {
    ObjectNode job =
        new JsonMapper()
            .createObjectNode()
            .put("input", stamped.store().toString())
            .put("output", origin.toString())
            .put("direct", direct)
            .put("force", true)
            .put("undo", undo.toString())
            .put("audit", audit.toString());
    if (expect != null) {
      job.put("expect", expect);
    }
    return new Launcher(directory).stdin(job.toString());
  }

  private long sizeOfLog() throws IOException {
    return Files.exists(audit) ? Files.size(audit) : 0;
  }

  /** Waits until the log is longer, or the run has ended. */
  private void awaitLog(Launcher.Running running, long bytes) throws IOException {
    while (sizeOfLog() <= bytes && running.process().isAlive()) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** Waits for a random time, not for a condition. */
  private static void pauseUntil(long nanoTime) {
    while (nanoTime - System.nanoTime() > 0) {
      LockSupport.parkNanos(Math.min(POLL_NANOS, nanoTime - System.nanoTime()));
    }
  }
}

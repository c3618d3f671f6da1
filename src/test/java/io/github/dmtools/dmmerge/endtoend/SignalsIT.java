package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A run that is stopped by a signal, and run again. */
final class SignalsIT {
  private static final int INTERRUPTED = 75;
  private static final int KILLED = 128 + 9;
  private static final int EXCEPTIONS = 256 * 1024;

  @TempDir private Path directory;

  /** The run blocks while the origin's file system is frozen, so it cannot end too early. */
  @Test
  void interruptedApplyReportsItsWritesAndIsRunAgain() throws IOException {
    try (Setup setup = new Setup()) {
      Path files = setup.fileSystem("ext4", directory.resolve("files"), 512 << 20);
      ManyChunks many = ManyChunks.make(files, EXCEPTIONS);
      long before = 0;
      for (String signal : List.of("INT", "TERM", "HUP")) {
        Launcher.Running running = Freeze.during(files, () -> startAndSignal(many, signal));
        Launcher.Result result = running.await().expect(INTERRUPTED).expectNoTrace();
        long written = many.writtenBytes();
        assertInterrupted(result.json(), written - before, before);
        before = written;
      }
      Launcher.Running running = Freeze.during(files, () -> startAndKill(many));
      Launcher.Result killed = running.await().expect(KILLED);
      assertEquals("", killed.text());
      assertTrue(many.writtenBytes() < many.bytes(), "it was killed too late to show anything");
      // KilledRunsIT kills between writes.

      JsonNode report =
          new Launcher(directory).stdin(many.job()).run("apply", "-").expect(0).json();
      assertEquals("applied", report.path("status").asString());
      assertEquals(many.bytes(), many.writtenBytes());
    }
  }

  /** A claim does not prevent attaching a loop device to a file. */
  @Test
  void newUseOfTheOriginEndsTheRun() throws IOException {
    try (Setup setup = new Setup()) {
      Path files = setup.fileSystem("ext4", directory.resolve("files"), 512 << 20);
      ManyChunks many = ManyChunks.make(files, EXCEPTIONS);
      Launcher.Running running =
          Freeze.during(
              files,
              () -> {
                Launcher.Running started = startAndAwaitFirstWrite(many);
                setup.loop(many.origin(), "--read-only");
                return started;
              });
      JsonNode report = running.await().expect(78).json();
      assertEquals("failed", report.path("status").asString());
      assertEquals("device.held", report.at("/problem/code").asString());
      assertEquals(many.writtenBytes(), report.at("/bytes/written").asLong());
    }
  }

  private static void assertInterrupted(JsonNode report, long written, long unchanged) {
    assertEquals("interrupted", report.path("status").asString());
    assertTrue(report.path("changed").asBoolean());
    assertEquals("run.interrupted", report.at("/problem/code").asString());
    assertEquals(INTERRUPTED, report.at("/problem/exit_status").asInt());
    assertTrue(written > 0, "nothing was written");
    for (String what : List.of("counts", "bytes")) {
      long unit = what.equals("counts") ? ManyChunks.CHUNK_BYTES : 1;
      JsonNode counts = report.path(what);
      long total = (long) EXCEPTIONS * ManyChunks.CHUNK_BYTES / unit;
      assertEquals(total, counts.path("total").asLong());
      assertEquals(written / unit, counts.path("written").asLong());
      assertEquals(unchanged / unit, counts.path("unchanged").asLong());
      assertEquals(0, counts.path("failed").asLong());
      assertEquals(total - (written + unchanged) / unit, counts.path("pending").asLong());
      assertTrue(counts.path("pending").asLong() > 0, "it was not interrupted");
    }
  }

  /** The run blocks while its plan is not read, so it cannot end too early. */
  @Test
  void interruptedPlan() throws IOException {
    ManyChunks many = ManyChunks.make(directory, EXCEPTIONS);
    Path fifo = directory.resolve("plan");
    Shell.run("mkfifo", fifo.toString());
    Launcher launcher = new Launcher(directory).stdin(many.job());
    Launcher.Running running = launcher.start("plan", "-", "-o", fifo.toString());
    try (InputStream plan = Files.newInputStream(fifo)) {
      assertEquals('{', plan.read());
      kill("TERM", running);
      awaitSignal(running);
      plan.transferTo(OutputStream.nullOutputStream());
    }
    running.await().expectProblem(INTERRUPTED, "run.interrupted");
    assertEquals(0, many.writtenBytes());
  }

  private Launcher.Running startAndSignal(ManyChunks many, String signal) {
    Launcher.Running running = startAndAwaitFirstWrite(many);
    kill(signal, running);
    awaitSignal(running);
    return running;
  }

  private Launcher.Running startAndKill(ManyChunks many) {
    Launcher.Running running = startAndAwaitFirstWrite(many);
    kill("KILL", running);
    return running;
  }

  private Launcher.Running startAndAwaitFirstWrite(ManyChunks many) {
    // Background jobs of a shell ignore SIGINT, and a run under nohup ignores SIGHUP.
    Launcher launcher = new Launcher(directory).prefixedBy("env", "--default-signal=INT,TERM,HUP");
    Launcher.Running running = launcher.stdin(many.job()).start("apply", "-");
    // The kernel function in which a thread waits to write to a frozen file system.
    Await.until(
        running.process(),
        "the first write",
        () -> anyThread(running, "wchan:32", "percpu_rwsem_wait"));
    return running;
  }

  /** Waits until the shutdown hook runs and waits for the run. */
  private static void awaitSignal(Launcher.Running running) {
    Await.until(
        running.process(), "the signal's thread", () -> anyThread(running, "comm,state", "stop S"));
  }

  /** True if a line of ps for any thread starts like this. */
  private static boolean anyThread(Launcher.Running running, String columns, String said) {
    String format = columns.replace(",", "=,") + "=";
    String pid = "" + running.process().pid();
    try {
      return Shell.run("ps", "-L", "-o", format, "-p", pid)
          .lines()
          .anyMatch(line -> line.strip().replaceAll(" +", " ").startsWith(said));
    } catch (AssertionError e) {
      throw new AssertionError("the run ended too early:\n" + running.stderr(), e);
    }
  }

  private static void kill(String signal, Launcher.Running running) {
    Shell.run("kill", "-" + signal, "" + running.process().pid());
  }
}

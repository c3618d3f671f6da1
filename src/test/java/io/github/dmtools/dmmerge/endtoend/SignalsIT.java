package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A run that is stopped, by whatever signal, and run again. */
final class SignalsIT {
  private static final int INTERRUPTED = 75;
  private static final int KILLED = 128 + 9;
  private static final int EXCEPTIONS = 512 * 1024;

  /** More than the run says on stderr before it writes. */
  private static final int ANY_MESSAGE_BYTES = 64 * 1024;

  @TempDir private Path folder;

  @Test
  void interruptedApplyTellsWhatIsWrittenAndIsRunAgain() throws IOException {
    ManyChunks many = ManyChunks.make(folder, EXCEPTIONS);
    long before = 0;
    for (String signal : List.of("INT", "TERM", "HUP")) {
      Launcher.Running running = startSlowly(many);
      awaitFirstWrite(running);
      kill(signal, running);
      Launcher.Result result = running.await().expect(INTERRUPTED).expectNoTrace();
      long written = many.writtenBytes();
      assertInterrupted(result.json(), written - before, before);
      before = written;
    }
    Launcher.Running running = startSlowly(many);
    awaitFirstWrite(running);
    kill("KILL", running);
    Launcher.Result killed = running.await().expect(KILLED);
    assertEquals("", killed.text());
    assertTrue(many.writtenBytes() < many.bytes(), "it was killed too late to show anything");

    JsonNode report = new Launcher(folder).stdin(many.job()).run("apply", "-").expect(0).json();
    assertEquals("applied", report.path("status").asString());
    assertEquals(many.bytes(), many.writtenBytes());
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

  /** The run cannot get on, and so cannot end too early, while nobody reads its plan. */
  @Test
  @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void interruptedPlan() throws IOException {
    ManyChunks many = ManyChunks.make(folder, EXCEPTIONS);
    Path fifo = folder.resolve("plan");
    Shell.run("mkfifo", fifo.toString());
    Launcher launcher = new Launcher(folder).stdin(many.job());
    Launcher.Running running = launcher.start("plan", "-", "-o", fifo.toString());
    try (InputStream plan = Files.newInputStream(fifo)) {
      assertEquals('{', plan.read());
      kill("TERM", running);
      // The signal has arrived once the thread that answers it is there.
      await("the signal's thread", () -> threads(running).contains("stop"));
      plan.transferTo(OutputStream.nullOutputStream());
    }
    running.await().expectProblem(INTERRUPTED, "run.interrupted");
    assertEquals(0, many.writtenBytes());
  }

  /** Without its compiler Java takes seconds for this table, and no signal comes too late. */
  private Launcher.Running startSlowly(ManyChunks many) {
    return new Launcher(folder)
        .environment("JDK_JAVA_OPTIONS", "-Xint")
        .stdin(many.job())
        .start("apply", "-");
  }

  private static void awaitFirstWrite(Launcher.Running running) {
    await("the first write", () -> writtenBy(running) > ANY_MESSAGE_BYTES);
  }

  /** Bytes that the process wrote to anything: proc(5), io. */
  private static long writtenBy(Launcher.Running running) {
    return proc(running, "io")
        .lines()
        .filter(line -> line.startsWith("wchar: "))
        .mapToLong(line -> Long.parseLong(line.substring("wchar: ".length())))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> threads(Launcher.Running running) {
    String pid = "" + running.process().pid();
    return Shell.run("ps", "-L", "-o", "comm=", "-p", pid).lines().toList();
  }

  private static String proc(Launcher.Running running, String name) {
    try {
      return Files.readString(Path.of("/proc/" + running.process().pid(), name));
    } catch (IOException e) {
      throw new AssertionError("the run ended too early:\n" + running.stderr(), e);
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("no sign of " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private static void kill(String signal, Launcher.Running running) {
    Shell.run("kill", "-" + signal, "" + running.process().pid());
  }
}

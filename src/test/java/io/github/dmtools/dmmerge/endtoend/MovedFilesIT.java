package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.audit.AuditReport;
import io.github.dmtools.dmmerge.audit.RunSummary;
import io.github.dmtools.dmmerge.audit.SampleLog;
import io.github.dmtools.dmmerge.copy.Progress;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.linux.LinuxDevices;
import io.github.dmtools.dmmerge.merge.Merge;
import io.github.dmtools.dmmerge.merge.RunListener;
import io.github.dmtools.dmmerge.merge.TestEnvironment;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.Warning;
import io.github.dmtools.dmmerge.report.Report;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a run are moved, removed or truncated during the run or between two runs. */
final class MovedFilesIT {
  private static final int EXCEPTIONS = 100_000;

  /** A change to a file. */
  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  @TempDir private Path directory;
  private ManyChunks many = new ManyChunks(Path.of(""), Path.of(""), 0);
  private Path records = Path.of("");
  private Path undo = Path.of("");
  private Path log = Path.of("");

  @BeforeEach
  void make() throws IOException {
    directory = directory.toRealPath();
    many = ManyChunks.make(directory, EXCEPTIONS);
    records = Files.createDirectory(directory.resolve("records"));
    undo = records.resolve("undo");
    log = records.resolve("log");
  }

  @Test
  void theUndoFileIsRenamed() throws IOException {
    Path away = directory.resolve("away");
    Report report = apply(undo, null, () -> Files.move(undo, away));
    stopped("undo.moved", report);
    assertTrue(Files.notExists(undo));
    Files.move(away, undo);
    finish(undo, null);
    Job back = Job.plain(undo.toString(), many.origin().toString(), false, false, true);
    assertNull(InProcess.merge().apply(back, 0, null).problem());
    assertEquals(0, many.writtenBytes());
  }

  @Test
  void theUndoFileIsRemoved() throws IOException {
    stopped("undo.moved", apply(undo, null, () -> Files.delete(undo)));
  }

  @Test
  void theUndoFileIsReplaced() throws IOException {
    Step step =
        () ->
            Files.move(
                Files.copy(undo, directory.resolve("copy")),
                undo,
                StandardCopyOption.REPLACE_EXISTING);
    stopped("undo.moved", apply(undo, null, step));
  }

  @Test
  void theDirectoryOfTheUndoFileIsRenamed() throws IOException {
    Path away = directory.resolve("away");
    stopped("undo.moved", apply(undo, null, () -> Files.move(records, away)));
  }

  @Test
  void theDirectoryOfTheLogIsRenamed() throws IOException {
    Path away = directory.resolve("away");
    stopped("audit.moved", apply(null, log, () -> Files.move(records, away)));
  }

  @Test
  void theLogIsRenamed() throws IOException {
    Path away = directory.resolve("away");
    Report report = apply(null, log, () -> Files.move(log, away));
    stopped("audit.moved", report);
    assertTrue(Files.notExists(log));
    // The moved log has all events of the run, including its end.
    AuditReport audit = SampleLog.check(away);
    assertTrue(audit.good());
    RunSummary run = audit.runs().get(0);
    assertNotNull(run.finished());
    assertEquals("audit.moved", run.finished().problemCode());
    assertNotNull(report.audit());
    assertEquals(audit.lines(), report.audit().seq());
    finish(null, log);
  }

  @Test
  void theLogIsRemoved() throws IOException {
    stopped("audit.moved", apply(null, log, () -> Files.delete(log)));
    finish(null, log);
    assertTrue(SampleLog.check(log).good());
  }

  /** Like copytruncate: later lines would not continue the chain. */
  @Test
  void theLogIsTruncated() throws IOException {
    Report report = apply(null, log, this::cutLog);
    stopped("audit.moved", report);
    assertEquals(0, Files.size(log));
    assertTrue(SampleLog.check(log).good());
    finish(null, log);
    assertTrue(SampleLog.check(log).good());
  }

  private void cutLog() throws IOException {
    Files.write(log, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
  }

  private void stopped(String code, Report report) {
    Problem problem = report.problem();
    assertNotNull(problem, () -> code + " was not noticed");
    assertEquals(code, problem.code().code());
    assertEquals(74, problem.code().exitStatus().status());
    assertEquals(Report.Status.FAILED, report.status());
    assertTrue(report.changed());
    assertTrue(report.bytes().written() > 0);
    assertEquals(many.writtenBytes(), report.bytes().written());
    assertTrue(many.writtenBytes() < many.bytes(), "it went on");
  }

  private void finish(@Nullable Path undoFile, @Nullable Path auditLog) throws IOException {
    Report report = apply(undoFile, auditLog, () -> {});
    assertNull(report.problem());
    assertEquals(many.bytes(), many.writtenBytes());
  }

  /** Applies, and runs the step after the first write. */
  private Report apply(@Nullable Path undoFile, @Nullable Path auditLog, Step step) {
    Job plain = Job.plain(many.store().toString(), many.origin().toString(), false, false, true);
    Job job =
        new Job(
            plain.input(),
            plain.output(),
            plain.direct(),
            plain.relaxed(),
            plain.force(),
            plain.expect(),
            plain.retarget(),
            plain.overwriteForeign(),
            undoFile == null ? null : undoFile.toString(),
            auditLog == null ? null : auditLog.toString(),
            plain.verify(),
            plain.label());
    Merge merge =
        new Merge(
            new LinuxDevices(),
            Clock.systemUTC(),
            new Meddler(step),
            CancelSignal.NEVER,
            List.of(),
            new TestEnvironment());
    return merge.apply(job, 0, null);
  }

  private static final class Meddler implements RunListener {
    private final Step step;
    private boolean done;

    Meddler(Step step) {
      this.step = step;
    }

    @Override
    public Progress begin(String what, long bytes) {
      return written -> {
        if (!done) {
          done = true;
          meddle();
        }
      };
    }

    private void meddle() {
      try {
        step.run();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void writing() {}

    @Override
    public void warn(Warning warning) {}
  }
}

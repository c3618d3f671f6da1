package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A standard output that cannot be written, and progress on the standard error. */
final class StdoutIT {
  private static final int IO = 74;

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {">&-", "> /dev/full"})
  void stdoutThatCannotBeWritten(String redirection) {
    Fixture fixture = Fixture.unpack("commit-4k", directory);
    Launcher launcher =
        new Launcher(directory)
            .prefixedBy("sh", "-c", "exec \"$@\" " + redirection, "")
            .stdin(fixture.job(true));
    for (String command : List.of("plan", "apply")) {
      Launcher.Result result = launcher.run(command, "-").expect(IO).expectNoTrace();
      assertEquals(1, result.stderr().lines().count(), result::stderr);
      assertTrue(result.stderr().startsWith("dm-merge: cannot write to stdout: "), result::stderr);
      String expected = command.equals("plan") ? fixture.before() : fixture.after();
      assertEquals(expected, Fixture.sha256(fixture.origin()));
    }
    launcher.run("check", fixture.store().toString()).expect(IO).expectNoTrace();
    launcher.run("schema", "job").expect(IO).expectNoTrace();
  }

  /** A failure to print help must be reported too. */
  @ParameterizedTest
  @ValueSource(strings = {"--help", "--version", "plan --help"})
  void helpThatCannotBeWritten(String line) {
    new Launcher(directory)
        .prefixedBy("sh", "-c", "exec \"$@\" > /dev/full", "")
        .run(line.split(" ", -1))
        .expect(IO)
        .expectNoTrace();
  }

  /** The reader has closed the pipe before the first write, as {@code | head} may do. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "plan job",
        "apply job",
        "verify job",
        "check cow",
        "schema plan",
        "--help",
        "plan --help",
        "-i cow",
        "-i cow -o origin -vd",
        "-i cow -o origin -vv",
        "plan missing"
      })
  void readerThatIsGone(String line) {
    Fixture fixture = Fixture.unpack("commit-4k", directory);
    write(directory.resolve("job"), fixture.job(false));
    Launcher.Result result = withoutReader().run(line.split(" ", -1));
    if (line.endsWith("d")) {
      // With dd lines, other text goes to stderr.
      assertFalse(result.expect(IO).stderr().contains("dm-merge: "), result::stderr);
      return;
    }
    if (line.endsWith("missing")) {
      result.expect(IO).expectNoTrace();
      assertTrue(result.stderr().contains("missing"), result::stderr);
      return;
    }
    assertEquals("", result.expect(IO).stderr());
  }

  /** If the report of a write cannot be delivered, stderr has a line. */
  @ParameterizedTest
  @ValueSource(strings = {"apply job", "-i cow -o origin -f"})
  void readerOfAReportThatIsGone(String line) {
    Fixture fixture = Fixture.unpack("commit-4k", directory);
    write(directory.resolve("job"), fixture.job(true));
    Launcher.Result result = withoutReader().run(line.split(" ", -1)).expect(IO).expectNoTrace();
    assertTrue(result.stderr().startsWith("dm-merge: cannot write to stdout: "), result::stderr);
    assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));
  }

  /** Runs with a pipe whose reader has ended, and returns the exit status. */
  private Launcher withoutReader() {
    return new Launcher(directory)
        .prefixedBy(
            "bash",
            "-c",
            "mkfifo ended; { read -r _ < ended; \"$@\"; } | { exec <&-; echo > ended; };"
                + " exit \"${PIPESTATUS[0]}\"",
            "");
  }

  /** With closed standard descriptors, no device may get one of their numbers. */
  @Test
  void closedStandardDescriptors() {
    Fixture fixture = Fixture.unpack("commit-4k", directory);
    String job = directory.resolve("job").toString();
    write(Path.of(job), fixture.job(true));
    Launcher launcher =
        new Launcher(directory).prefixedBy("sh", "-c", "exec \"$@\" <&- >&- 2>&-", "");
    launcher.run("apply", job).expect(IO);
    assertEquals(fixture.after(), Fixture.sha256(fixture.origin()));
    assertEquals(fixture.info().at("/cow/sha256").asString(), Fixture.sha256(fixture.store()));
  }

  @Test
  void progressAsEvents() {
    ManyChunks many = ManyChunks.make(directory, 4096);
    Launcher launcher = new Launcher(directory).stdin(many.job());
    Launcher.Result result = launcher.run("apply", "-", "--progress=json").expect(0);
    List<JsonNode> events =
        result.stderr().lines().map(line -> new JsonMapper().readTree(line)).toList();
    long last = -1;
    for (JsonNode event : events) {
      assertEquals("progress", event.path("event").asString());
      assertEquals("applying", event.path("phase").asString());
      assertEquals(many.bytes(), event.path("total_bytes").asLong());
      assertTrue(event.path("bytes").asLong() >= last, result::stderr);
      last = event.path("bytes").asLong();
    }
    assertEquals(0, events.get(0).path("bytes").asLong());
    assertEquals(many.bytes(), last);
  }

  @Test
  void noProgressWithoutATerminal() {
    ManyChunks many = ManyChunks.make(directory, 4096);
    Launcher launcher = new Launcher(directory).stdin(many.job());
    assertEquals("", launcher.run("plan", "-").expect(0).stderr());
    assertEquals("", launcher.run("apply", "-").expect(0).stderr());
  }

  /** Without its compilers Java is slow enough for a bar, which is not drawn for short runs. */
  @Test
  void progressOnATerminal() {
    ManyChunks many = ManyChunks.make(directory, 64 * 1024);
    write(directory.resolve("job"), many.job());
    assertFalse(onTerminal("--progress=none").contains("applying"));
    assertEquals(many.bytes(), many.writtenBytes());

    ManyChunks again = ManyChunks.make(directory, 64 * 1024);
    String terminal = onTerminal("--progress=auto");
    assertTrue(terminal.matches("(?s).*\r\u001b\\[Kapplying +\\d+% \\[[#.]{20}] .*"), terminal);
    assertEquals(again.bytes(), again.writtenBytes());
  }

  /** Runs the launcher on a terminal; returns its output. */
  private String onTerminal(String option) {
    String command =
        String.format(
            "JDK_JAVA_OPTIONS=-Xint '%s' apply '%s' -o '%s' %s",
            Launcher.image().resolve("bin/dm-merge"),
            directory.resolve("job"),
            directory.resolve("report"),
            option);
    return Shell.run("script", "--quiet", "--return", "--command", command, "/dev/null");
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.json.JobReader;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Jobs that are refused, and paths in jobs. The origin is {@code origin} and the store {@code cow},
 * in the directory of the launcher.
 */
final class BadJobsIT {
  private static final String SOUND = "{\"input\":\"cow\",\"output\":\"origin\",\"force\":true}";

  @TempDir private Path directory;
  private Fixture fixture;

  @BeforeEach
  void unpack() {
    fixture = Fixture.unpack("partial-last-chunk", directory);
  }

  @AfterEach
  void originIsUntouched() {
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()), "the origin was touched");
  }

  /** An invalid job, and a part of its error message. */
  record Case(String name, String code, String pointer, String said, byte[] job) {
    static Case syntax(String name, String said, String job) {
      return new Case(name, "job.syntax", "", said, job.getBytes(StandardCharsets.UTF_8));
    }

    static Case schema(String name, String pointer, String said, String job) {
      return new Case(name, "job.schema", pointer, said, job.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> jobs() {
    Charset bigEndian = StandardCharsets.UTF_16BE;
    Charset littleEndian = StandardCharsets.UTF_16LE;
    byte[] latin1 = "{\"input\":\"\u00e4\"}".getBytes(StandardCharsets.ISO_8859_1);
    return Stream.of(
        Case.syntax("empty", "is empty", ""),
        new Case(
            "truncated",
            "job.syntax",
            "/output",
            "JSON: it ends inside a string (line 1, column 31, at /output)",
            utf8(SOUND.substring(0, 30))),
        Case.syntax("second document", "there is text after its end", SOUND + SOUND),
        new Case(
            "duplicate key",
            "job.syntax",
            "/input",
            "the key \"input\" occurs twice",
            utf8("{\"input\":\"cow\",\"input\":\"cow\"}")),
        new Case(
            "comment",
            "job.syntax",
            "/input",
            "a comment is not JSON",
            utf8("{\"input\":\"cow\" // why\n}")),
        new Case(
            "deep", "job.syntax", "/0".repeat(32), "nested more than 32", utf8("[".repeat(99_999))),
        Case.syntax("2 MiB", "longer than", SOUND + " ".repeat(2 << 20)),
        new Case("no UTF-8", "job.syntax", "", "UTF-8", latin1),
        new Case("UTF-16BE", "job.syntax", "", "UTF-8", SOUND.getBytes(bigEndian)),
        new Case("UTF-16LE", "job.syntax", "", "UTF-8", SOUND.getBytes(littleEndian)),
        new Case("UTF-16 mark", "job.syntax", "", "UTF-8", ("\ufeff" + SOUND).getBytes(bigEndian)),
        new Case("UTF-32BE", "job.syntax", "", "UTF-8", utf32(SOUND, "UTF-32BE")),
        new Case("UTF-32LE", "job.syntax", "", "UTF-8", utf32(SOUND, "UTF-32LE")),
        new Case("UTF-32 mark", "job.syntax", "", "UTF-8", utf32("\ufeff" + SOUND, "UTF-32LE")),
        Case.schema("array", "", "must be an object, not an array", "[" + SOUND + "]"),
        Case.schema(
            "unknown key", "/a~1b", "/a~1b is an unknown field", "{\"input\":\"cow\",\"a/b\":1}"),
        Case.schema(
            "wrong type",
            "/force",
            "must be true or false, not a string",
            "{\"input\":\"cow\",\"force\":\"no\"}"),
        Case.schema("missing", "/input", "the job's /input is missing", "{}"),
        Case.schema("NUL", "/output", "NUL", "{\"input\":\"cow\",\"output\":\"a\\u0000b\"}"),
        Case.schema("half a pair", "/input", "surrogate", "{\"input\":\"\\ud800\"}"));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] utf32(String text, String charset) {
    return text.getBytes(Charset.forName(charset));
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void refuses(Case bad) {
    Problem problem =
        assertThrows(ProblemException.class, () -> new JobReader("job").read(bad.job)).problem();
    assertEquals(bad.code, problem.code().code());
    assertEquals(65, problem.code().exitStatus().status());
    boolean schema = bad.code.equals("job.schema");
    assertEquals(schema || !bad.pointer.isEmpty() ? bad.pointer : null, problem.pointer());
    assertTrue(problem.message().contains(bad.said), problem.toString());
  }

  static Stream<Case> jobsForTheLauncher() {
    Set<String> names = Set.of("empty", "truncated", "2 MiB", "UTF-16 mark", "unknown key");
    return jobs().filter(bad -> names.contains(bad.name));
  }

  @ParameterizedTest
  @MethodSource("jobsForTheLauncher")
  void refusesWithOneDocument(Case bad) {
    Launcher.Result result = Launcher.inThisProcess(directory).stdin(bad.job).run("apply", "-");
    JsonNode problem = result.expectProblem(65, bad.code).json();
    assertEquals(bad.pointer, problem.path("pointer").asString(""));
    assertTrue(problem.path("message").asString().contains(bad.said), problem.toString());
    assertEquals(1, result.stderr().lines().count(), result.stderr());
  }

  @ParameterizedTest
  @ValueSource(strings = {"apply", "verify"})
  void wantsAnOutput(String command) {
    String job = "{\"input\":\"cow\",\"force\":true}";
    JsonNode problem =
        Launcher.inThisProcess(directory)
            .stdin(job)
            .run(command, "-")
            .expectProblem(78, "job.output_missing")
            .json();
    assertEquals("/output", problem.path("pointer").asString());
  }

  @Test
  void readsJobFiles() {
    Launcher launcher = Launcher.inThisProcess(directory);
    launcher.run("apply", "missing.json").expectProblem(66, "path.missing");
    launcher.run("apply", directory.toString()).expectProblem(66, "path.wrong_type");
  }

  /** Relative paths start at the current directory, and documents have the absolute ones. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "exec \"$0\" plan <(cat job.json)",
        "cat job.json | \"$0\" plan /dev/stdin",
        "cat job.json | \"$0\" plan /proc/self/fd/0",
        "mkfifo pipe; cat job.json > pipe & exec \"$0\" plan - < pipe"
      })
  void readsAJobFromAPipe(String script) throws IOException {
    // With a byte order mark, which some editors write.
    Files.writeString(directory.resolve("job.json"), "\ufeff" + SOUND);
    JsonNode plan =
        Launcher.inThisProcess(directory).prefixedBy("bash", "-c", script).run().expect(0).json();
    assertEquals("cow", plan.at("/job/input").asString());
    assertEquals(fixture.store().toString(), plan.at("/input/path").asString());
    assertEquals(fixture.origin().toString(), plan.at("/output/path").asString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"input", "output"})
  void refusesWhatIsNotADevice(String field) throws IOException {
    Shell.run("mkfifo", directory.resolve("fifo").toString());
    Path socket = directory.resolve("socket");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      refuses(field, "fifo", "path.wrong_type");
      refuses(field, "socket", "path.wrong_type");
      refuses(field, "/dev/null", "path.wrong_type");
      refuses(field, ".", "path.wrong_type");
      refuses(field, "missing", "path.missing");
      refuses(field, "cow/below", "path.missing");
      refuses(field, "x".repeat(300), "path.missing");
    }
  }

  private void refuses(String field, String path, String code) {
    String other = field.equals("input") ? "\"output\":\"origin\"" : "\"input\":\"cow\"";
    String job = "{\"" + field + "\":\"" + path + "\"," + other + ",\"force\":true}";
    JsonNode problem =
        new Launcher(directory).stdin(job).run("apply", "-").expectProblem(66, code).json();
    assertEquals(directory.resolve(path).toString(), problem.path("path").asString());
  }
}

package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Files that are not plans are refused as approved plans, in bounded memory. */
final class ApprovedPlanIT {
  private static final String HEAP = "-Xmx40m";

  @TempDir private Path directory;
  private Fixture fixture;
  private Path plan;
  private Launcher launcher;

  @BeforeEach
  void unpack() {
    launcher = Launcher.inThisProcess(directory);
    fixture = Fixture.unpack("commit-4k", directory);
    plan = directory.resolve("plan");
  }

  @AfterEach
  void originIsUntouched() {
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()), "the origin was touched");
  }

  private Launcher.Result apply() {
    String job =
        new JsonMapper()
            .createObjectNode()
            .put("input", fixture.store().toString())
            .put("output", fixture.origin().toString())
            .put("force", true)
            .put("expect", plan.toString())
            .toString();
    return launcher.stdin(job).run("apply", "-");
  }

  /** Memory is bounded in a process of its own only. */
  private void limitMemory() {
    launcher = new Launcher(directory).environment("JAVA_TOOL_OPTIONS", HEAP);
  }

  private void refused(int status, String code, String message) {
    JsonNode problem = apply().expectProblem(status, code).json();
    assertTrue(problem.path("message").asString().contains(message), problem::toString);
  }

  @ParameterizedTest
  @EnumSource
  void bomb(PlanBomb bomb) {
    limitMemory();
    bomb.write(plan);
    refused(65, "plan.syntax", bomb.message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{\"store\":{", "{\"x\":{", "{\"exceptions\":[{"})
  void bombOfNames(String head) {
    limitMemory();
    PlanBomb.ofNames(plan, head);
    refused(65, "plan.syntax", "");
  }

  @Test
  void namesThatDifferInEveryException() throws IOException {
    limitMemory();
    StringBuilder exceptions = new StringBuilder("{\"exceptions\":[");
    for (int i = 0; i < 2000; i++) {
      exceptions
          .append(
              "{\"index\":1,\"old_chunk\":1,\"new_chunk\":1,\"bytes\":4096,\"source_sha256\":\"")
          .append("0".repeat(64))
          .append("\",\"x")
          .append(i)
          .append("\":[{\"y\":0}]},\n");
    }
    Files.writeString(plan, exceptions.append("{}]}"));
    refused(65, "plan.syntax", "more names");
  }

  @Test
  void moreExceptionsThanTheStoreCanHave() throws IOException {
    limitMemory();
    String exception =
        "{\"index\":1,\"old_chunk\":1,\"new_chunk\":1,\"bytes\":4096,\"source_sha256\":\""
            + "0".repeat(64)
            + "\",\"origin_sha256\":null},\n";
    byte[] member = PlanBomb.compressed(exception.repeat(1 << 16));
    try (OutputStream out = Files.newOutputStream(plan)) {
      out.write(PlanBomb.compressed("{\"kind\":\"plan\",\"schema_version\":1,\"exceptions\":["));
      for (int i = 0; i < 100; i++) {
        out.write(member);
      }
    }
    refused(78, "plan.stale", "more exceptions than the store");
  }

  @Test
  void gzipFileOfEmptyMembers() throws IOException {
    limitMemory();
    byte[] member = PlanBomb.compressed("");
    try (OutputStream out = Files.newOutputStream(plan)) {
      out.write(PlanBomb.compressed("{\"kind\":\"plan\","));
      for (int i = 0; i < 1 << 18; i++) {
        out.write(member);
      }
    }
    refused(65, "plan.syntax", "too many members");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"UTF-16BE", "UTF-16LE", "UTF-32BE", "UTF-32LE", "UTF-16", "X-UTF-32LE-BOM"})
  void otherEncodings(String charset) throws IOException {
    String text = "{\"kind\":\"plan\",\"schema_version\":1}";
    Files.write(plan, text.getBytes(Charset.forName(charset)));
    refused(65, "plan.syntax", "is not UTF-8");
  }

  @Test
  void malformedUtf8() throws IOException {
    byte[] overlong = "{\"x\":\"..\"}".getBytes(StandardCharsets.US_ASCII);
    overlong[6] = (byte) 0xc0;
    overlong[7] = (byte) 0xaf;
    Files.write(plan, overlong);
    refused(65, "plan.syntax", "is not UTF-8");
  }

  /** Opening a FIFO without a writer would block. */
  @Test
  void aFileThatIsNotRegular() throws IOException {
    Path fifo = directory.resolve("fifo");
    Shell.run("mkfifo", fifo.toString());
    Path socket = directory.resolve("socket");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      Path link = Files.createSymbolicLink(directory.resolve("link"), fifo);
      for (Path path : List.of(fifo, link, socket, directory, Path.of("/dev/zero"))) {
        plan = path;
        refused(66, "path.wrong_type", "not a regular file");
      }
      for (String command : List.of("audit", "apply")) {
        for (Path path : List.of(fifo, socket)) {
          Launcher.Result other = launcher.run(command, path.toString());
          other.expectProblem(66, "path.wrong_type");
        }
      }
    }
    plan = directory.resolve("missing");
    refused(66, "path.missing", "missing");
  }

  /** Another process keeps switching the path between a file and a FIFO. */
  @Test
  void pathThatBecomesAFifo() throws IOException {
    Files.writeString(plan, "no plan");
    Shell.run("mkfifo", directory.resolve("fifo").toString());
    String swapper =
        "trap 'exit 0' TERM; echo; cd '"
            + directory
            + "'; while :; do ln -sfn fifo link; ln -sfn plan link; done";
    Files.createSymbolicLink(directory.resolve("link"), Path.of("plan"));
    Process process = new ProcessBuilder("sh", "-c", swapper).start();
    try {
      process.inputReader().readLine();
      plan = directory.resolve("link");
      for (int i = 0; i < 20; i++) {
        Launcher.Result result = apply();
        String code = result.json().path("code").asString();
        assertTrue(
            List.of("plan.syntax", "path.wrong_type", "path.missing").contains(code), result::text);
        launcher.run("audit", plan.toString()).json();
      }
    } finally {
      process.destroy();
    }
  }
}

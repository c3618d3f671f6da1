package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.audit.SampleLog;
import io.github.dmtools.dmmerge.device.Stamp;
import io.github.dmtools.dmmerge.json.DocumentSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Documents in files are complete or absent, and replace no other files. */
final class OutputIT {
  private static final int CANNOT_CREATE = 73;
  private static final String OLDER = "{\"kind\":\"plan\",\"schema_version\":1}";

  @TempDir private Path directory;
  private Path out = Path.of("");
  private String job = "";
  private Path origin = Path.of("");
  private Path store = Path.of("");
  private String before = "";

  @BeforeEach
  void make() throws IOException {
    Fixture fixture = Fixture.unpack("random-4k", directory);
    store = fixture.store();
    origin = fixture.origin();
    before = fixture.before();
    job = Files.writeString(directory.resolve("job"), fixture.job(true)).toString();
    out = Files.createDirectory(directory.resolve("out"));
  }

  @Test
  void aNewFileHasTheModeOfTheUmaskAndAReplacedOneKeepsItsMode() throws IOException {
    Path file = out.resolve("plan.json");
    Launcher launcher =
        new Launcher(directory).prefixedBy("sh", "-c", "umask 027; exec \"$@\"", "");
    Launcher.Result result = launcher.run("plan", job, "-o", file.toString()).expect(0);
    assertEquals("", result.text());
    assertEquals("", result.stderr());
    assertEquals(1402, read(file).at("/summary/pending").asInt());
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(List.of(file), filesIn(out));

    Files.writeString(file, OLDER);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    launcher.run("plan", job, "-o", file.toString()).expect(0);
    assertEquals(1402, read(file).at("/summary/pending").asInt());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(List.of(file), filesIn(out));
  }

  @Test
  void keepsTheOldFileIfTheRunFails() throws IOException {
    Path file = Files.writeString(out.resolve("plan.json"), OLDER);
    Files.write(store, new byte[1 << 20]);
    for (String command : List.of("plan", "apply", "verify")) {
      new Launcher(directory)
          .run(command, job, "--output=" + file)
          .expectProblem(65, "store.uninitialized");
      assertEquals(OLDER, Files.readString(file));
    }
    assertEquals(List.of(file), filesIn(out));
    assertEquals(before, Fixture.sha256(origin));
  }

  /** The temporary name may belong to a file of the job, or to any other file. */
  @Test
  void keepsAFileWithTheTemporaryName() throws IOException {
    Path document = out.resolve("plan.json");
    Path precious = Files.writeString(out.resolve("plan.json.dm-merge-new"), "precious");
    Launcher launcher = new Launcher(directory);
    launcher.run("plan", job, "-o", document.toString()).expectProblem(73, "output.create");
    assertEquals("precious", Files.readString(precious));

    Path moved = Files.move(origin, precious, StandardCopyOption.REPLACE_EXISTING);
    launcher.stdin(Fixture.job(store, moved, true));
    launcher.run("plan", "-", "-o", document.toString()).expectProblem(73, "output.create");
    assertEquals(before, Fixture.sha256(moved));

    launcher.run("plan", "-", "-o", directory.resolve("approved").toString()).expect(0);
    Path plan = Files.move(directory.resolve("approved"), out.resolve("x.dm-merge-new"));
    byte[] approved = Files.readAllBytes(plan);
    String expecting =
        Fixture.job(store, moved, true).replace("{", "{\"expect\": \"" + plan + "\", ");
    launcher.stdin(expecting).run("apply", "-", "-o", out.resolve("x").toString());
    assertArrayEquals(approved, Files.readAllBytes(plan));
  }

  @Test
  void oneDocumentOnStdout() {
    for (String stdout : List.of("/dev/stdout", "/dev/fd/1")) {
      Launcher launcher = new Launcher(directory);
      launcher.run("apply", job, "--plan-out", stdout).expectProblem(64, "usage.invalid");
      launcher.run("apply", job, "--plan-out", stdout, "-o", "report" + stdout.length());
    }
    assertNotEquals(before, Fixture.sha256(origin));
  }

  /** The document must not overwrite the origin. */
  @Test
  void stdoutIsNotTheOrigin() {
    Launcher.Result result =
        new Launcher(directory)
            .prefixedBy("sh", "-c", "exec \"$@\" 2>> origin", "")
            .run("apply", job);
    assertEquals(78, result.status());
    assertEquals("device.same", result.json().path("code").asString());
  }

  /** Whatever the file's name is: {@code -o} is the origin in the classic form. */
  @Test
  void replacesOnlyDocuments() throws IOException {
    Path image = Files.write(out.resolve("plan.json"), Stamp.of('i', 100_000));
    Path log = out.resolve("audit");
    SampleLog.appendRun(log, 1, 1);
    String[][] commands = {
      {"plan", job},
      {"apply", job},
      {"verify", job},
      {"check", store.toString()},
      {"audit", log.toString()}
    };
    for (String[] command : commands) {
      refusedToReplace(image, command[0], command[1], "-o", image.toString());
    }
    refusedToReplace(image, "apply", job, "--plan-out", image.toString());
    String[] texts = {
      "x",
      "\n",
      "{\"kind\":\"plan\"}",
      "{\"kind\":\"image\",\"schema_version\":1}",
      "{\"a\":{\"kind\":\"plan\",\"schema_version\":1}}",
      "[" + OLDER + "]"
    };
    for (String text : texts) {
      Path file = Files.writeString(out.resolve("text"), text);
      refusedToReplace(file, "plan", job, "-o", file.toString());
    }
    Path packed = out.resolve("packed.gz");
    Shell.run("sh", "-c", "gzip < '" + image + "' > '" + packed + "'");
    refusedToReplace(packed, "plan", job, "-o", packed.toString());
    assertEquals(before, Fixture.sha256(origin));

    Launcher launcher = new Launcher(directory);
    launcher.run("plan", job, "--overwrite", "-o", image.toString()).expect(0);
    assertEquals(1402, read(image).at("/summary/pending").asInt());
    launcher.run("plan", job, "--overwrite", "-o", store.toString()).expect(CANNOT_CREATE);
  }

  private void refusedToReplace(Path file, String... arguments) throws IOException {
    String content = Fixture.sha256(file);
    Launcher.Result result = new Launcher(directory).run(arguments);
    result.expectProblem(CANNOT_CREATE, "output.exists");
    assertTrue(result.json().path("hint").asString().contains("--overwrite"), result::text);
    assertEquals(content, Fixture.sha256(file));
  }

  @Test
  void replacesDocumentsAndEmptyFiles() throws IOException {
    Launcher launcher = new Launcher(directory);
    Path plain = Files.createFile(out.resolve("data.img"));
    Path packed = out.resolve("data.gz");
    launcher.run("plan", job, "-o", packed.toString()).expect(0);
    for (String command : List.of("plan", "verify")) {
      int status = command.equals("plan") ? 0 : 2;
      launcher.run(command, job, "-o", plain.toString()).expect(status);
      assertEquals(command.equals("plan") ? "plan" : "report", read(plain).path("kind").asString());
      launcher.run(command, job, "-o", packed.toString()).expect(status);
    }
    Path formatted = out.resolve("formatted");
    Files.writeString(formatted, "\n{\n  \"kind\": \"report\",\n  \"schema_version\": 1,\n");
    launcher.run("plan", job, "-o", formatted.toString()).expect(0);
  }

  /** A write to these files changes the system. */
  @Test
  void refusesFilesOfTheKernel() throws IOException {
    Launcher launcher = new Launcher(directory).prefixedBy("unshare", "--uts");
    Path sysctl = Path.of("/proc/sys/kernel/hostname");
    String name = Files.readString(sysctl);
    for (String place : List.of(sysctl.toString(), "/proc/none", "/sys/kernel/mm/ksm/run")) {
      for (String more : List.of("--progress=none", "--overwrite")) {
        launcher
            .run("plan", job, more, "-o", place)
            .expectProblem(
                CANNOT_CREATE,
                more.equals("--overwrite") || place.contains("none")
                    ? "output.create"
                    : "output.exists");
      }
    }
    assertEquals(name, Files.readString(sysctl));
  }

  /** Each cause has its own next step. */
  @Test
  void hintsForEachCause() {
    hinted("directory", out.resolve("missing/report.json").toString());
    hinted("another file", origin.toString());
    hinted("another file", out.toString());
    hinted("on a disk", "/proc/none");
  }

  private void hinted(String expected, String place) {
    Launcher.Result result = new Launcher(directory).run("plan", job, "-o", place);
    result.expectProblem(CANNOT_CREATE, "output.create");
    assertTrue(result.json().path("hint").asString().contains(expected), result::text);
  }

  @Test
  void fullDisk() throws IOException {
    try (Setup setup = new Setup()) {
      setup.tmpfs(out, "64k");
      String file = out.resolve("plan.json").toString();
      cannotCreate("plan", job, "-o", file);
      cannotCreate("apply", job, "--plan-out", file);
      cannotCreate("plan", job, "-o", file + ".gz");
      assertEquals(List.of(), filesIn(out));
      setup.tmpfs(out, "4k");
      Path fill = Files.write(out.resolve("fill"), new byte[4096]);
      cannotCreate("plan", job, "-o", file + ".gz");
      assertEquals(List.of(fill), filesIn(out));
    }
    assertEquals(before, Fixture.sha256(origin));
  }

  /** Refused before the first write. */
  @Test
  void placesWhereNoFileCanBeCreated() throws IOException {
    String missing = out.resolve("missing/report.json").toString();
    String beneathAFile = origin.resolve("report.json").toString();
    for (String place : List.of(missing, beneathAFile, out.toString(), "")) {
      cannotCreate("apply", job, "-o", place);
    }
    cannotCreate("apply", job, "--plan-out", missing);
    assertEquals(List.of(), filesIn(out));
    assertEquals(before, Fixture.sha256(origin));
  }

  @Test
  void neverReplacesADeviceOfTheJob() throws IOException {
    String storeBefore = Fixture.sha256(store);
    Path link = Files.createSymbolicLink(out.resolve("link"), origin);
    for (Path place : List.of(store, origin, link)) {
      cannotCreate("apply", job, "-o", place.toString());
    }
    cannotCreate("apply", job, "--plan-out", origin.toString());
    cannotCreate("check", store.toString(), "-o", store.toString());
    try (Setup setup = new Setup()) {
      Path device = setup.loop(StoreFile.sparse(directory.resolve("disk"), 1 << 20));
      String empty = Fixture.sha256(device);
      cannotCreate("plan", job, "-o", device.toString());
      assertEquals(empty, Fixture.sha256(device));
    }
    assertEquals(storeBefore, Fixture.sha256(store));
    assertEquals(before, Fixture.sha256(origin));
  }

  @Test
  void pipesAndDescriptors() throws IOException {
    String launcher = "'" + Launcher.image().resolve("bin/dm-merge") + "'";
    String plan = launcher + " plan '" + job + "' -o ";
    shell("mkfifo fifo; cat fifo > read & " + plan + "fifo && wait", "read");
    shell(plan + "/dev/stdout | cat > read", "read");
    shell(plan + "/dev/fd/3 3>&1 > null | cat > read", "read");
    shell(plan + "/dev/stdout > read", "read");
    shell("echo kept > all; " + plan + "/dev/stdout >> all; grep -v kept all > read", "read");
    assertTrue(Files.readString(directory.resolve("all")).startsWith("kept\n"));
  }

  private void shell(String script, String document) throws IOException {
    Shell.run("env", "-C", directory.toString(), "sh", "-ec", script);
    Path file = directory.resolve(document);
    assertEquals(1402, read(file).at("/summary/exceptions").asInt(), script);
    Files.delete(file);
  }

  private void cannotCreate(String... arguments) {
    new Launcher(directory).run(arguments).expectProblem(CANNOT_CREATE, "output.create");
  }

  private static JsonNode read(Path file) throws IOException {
    JsonNode document = new JsonMapper().readTree(Files.readAllBytes(file));
    DocumentSchema.requireValid(document);
    return document;
  }

  private static List<Path> filesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }
}

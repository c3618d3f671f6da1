package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import tools.jackson.databind.JsonNode;

/** Directories and environments in which the launcher is started. */
final class EnvironmentIT {
  /** Beside the image: some tests bind both at once. */
  static final class BesideTheImage implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension)
        throws IOException {
      return Files.createTempDirectory(Launcher.image().getParent(), "environment-");
    }
  }

  @TempDir(factory = BesideTheImage.class)
  private Path directory;

  @BeforeEach
  void make() throws IOException {
    Fixture.unpack("commit-4k", directory);
    String text = Fixture.job(Path.of("cow"), Path.of("origin"), true);
    Files.writeString(directory.resolve("job.json"), text);
  }

  @Test
  void anyDirectoryAndAnyLinkToTheLauncher() throws IOException {
    Path image = directory.resolve("an image");
    Shell.run("cp", "-a", Launcher.image().toString(), image.toString());
    Files.createSymbolicLink(directory.resolve("first"), Path.of("an image/bin/dm-merge"));
    Files.createDirectory(directory.resolve("links"));
    Path second =
        Files.createSymbolicLink(directory.resolve("links/second link"), Path.of("../first"));

    plans(new Launcher(directory).executable(image.resolve("bin/dm-merge")));
    plans(new Launcher(directory).executable(second));
    plans(new Launcher(directory).prefixedBy("env").executable(directory.relativize(second)));
    String search = directory.resolve("links") + ":" + System.getenv("PATH");
    plans(
        new Launcher(directory)
            .prefixedBy("env", "PATH=" + search)
            .executable(second.getFileName()));
  }

  @Test
  void temporaryDirectoryWithoutExecutables() throws IOException {
    Launcher launcher =
        withTemporaryDirectory("noexec", "status=$?; ls -A /tmp > left; exit $status");
    plans(launcher);
    assertEquals("", Files.readString(directory.resolve("left")));
    launcher.run("apply", "job.json").expect(0);
    assertEquals("", Files.readString(directory.resolve("left")));
  }

  @Test
  void temporaryDirectoryThatCannotBeWritten() {
    Launcher launcher = withTemporaryDirectory("ro", "exit $?");
    launcher.run("check", "cow").expect(0);
    launcher.run("apply", "job.json").expect(0);
  }

  /** Binds the image and the directory elsewhere first, since they may be in /tmp. */
  private Launcher withTemporaryDirectory(String options, String afterwards) {
    String script =
        String.join(
            " && ",
            "mount -t tmpfs none /mnt",
            "mkdir /mnt/target",
            "mount --bind '" + Launcher.image().getParent() + "' /mnt/target",
            "mount -t tmpfs -o " + options + " none /tmp",
            "cd /mnt/target/" + directory.getFileName(),
            "shift",
            "/mnt/target/" + Launcher.image().getFileName() + "/bin/dm-merge \"$@\"; ");
    return new Launcher(directory)
        .prefixedBy("unshare", "--mount", "sh", "-c", script + afterwards, "");
  }

  /** Passes names through a script, so that the test does not depend on its locale. */
  @Test
  void namesInUtf8WhateverTheLocale() throws IOException {
    String name = "gr\u00f6\u00dfe-\u6570";
    Path script = directory.resolve("run");
    String text =
        """
        #!/bin/sh
        mv cow 'cow-NAME' && mv origin 'origin-NAME'
        printf '{"input": "cow-NAME", "output": "origin-NAME", "force": true}' > 'job-NAME'
        "$IMAGE/bin/dm-merge" apply 'job-NAME' -o 'report-NAME' && cat 'report-NAME'
        status=$?
        mv 'origin-NAME' origin
        exit $status
        """;
    Files.write(script, text.replace("NAME", name).getBytes(StandardCharsets.UTF_8));
    Launcher launcher =
        new Launcher(directory)
            .prefixedBy("env", "LC_ALL=C", "IMAGE=" + Launcher.image(), "sh")
            .executable(script);
    JsonNode report = launcher.run().expect(0).json();
    assertEquals("applied", report.path("status").asString());
    assertTrue(report.at("/output/path").asString().endsWith("/origin-" + name));
  }

  @Test
  void withoutHome() {
    plans(new Launcher(directory).prefixedBy("env", "--unset=HOME"));
  }

  /** Hides the library in a mount namespace of the run. */
  @Test
  void sameDigestsWithoutLibCrypto() {
    String hide =
        "for library in $(ldconfig -p | sed -n 's/.*libcrypto\\.so\\..* => //p'); do"
            + " mount --bind /dev/null \"$library\" || exit 1; done; exec \"$@\"";
    Launcher without =
        new Launcher(directory).prefixedBy("unshare", "--mount", "sh", "-c", hide, "");
    JsonNode expected = new Launcher(directory).run("plan", "job.json").expect(0).json();
    JsonNode plan = without.run("plan", "job.json").expect(0).json();
    assertFalse(expected.path("approval_sha256").isNull());
    assertEquals(expected.path("approval_sha256"), plan.path("approval_sha256"));
    assertEquals(expected.path("exceptions"), plan.path("exceptions"));
  }

  @Test
  void noJava() throws IOException {
    String before = Fixture.sha256(directory.resolve("origin"));
    Path tools = Files.createDirectory(directory.resolve("tools"));
    for (String tool : List.of("env", "readlink", "sh")) {
      String path = Shell.run("sh", "-c", "command -v " + tool);
      Shell.run("cp", path, tools.resolve(tool).toString());
    }
    Launcher launcher =
        new Launcher(directory).prefixedBy("env", "--unset=JAVA_HOME", "PATH=" + tools);
    launcher.run("apply", "job.json").expectProblem(69, "java.unavailable");
    assertEquals(before, Fixture.sha256(directory.resolve("origin")));
  }

  @Test
  void javaThatIsTooOld() throws IOException {
    String before = Fixture.sha256(directory.resolve("origin"));
    Path java = Files.createDirectories(directory.resolve("jdk/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\ntouch started\n");
    Shell.run("chmod", "755", java.toString());
    Launcher launcher =
        new Launcher(directory).environment("JAVA_HOME", directory.resolve("jdk").toString());
    for (String version : List.of("11.0.2", "1.8.0_402")) {
      Files.writeString(
          directory.resolve("jdk/release"),
          "IMPLEMENTOR=\"A\"\nJAVA_VERSION=\"" + version + "\"\nOS_NAME=\"Linux\"\n");
      launcher.run("apply", "job.json").expectProblem(69, "java.unavailable");
    }
    assertTrue(Files.notExists(directory.resolve("started")), "it was started all the same");
    assertEquals(before, Fixture.sha256(directory.resolve("origin")));
  }

  @Test
  void everyInstalledJava() throws IOException {
    for (Path java : javas()) {
      Launcher launcher = new Launcher(directory).environment("JAVA_HOME", java.toString());
      for (String command : List.of("plan", "apply", "verify")) {
        Launcher.Result result = launcher.run(command, "job.json").expect(0);
        assertEquals("", result.stderr(), () -> command + " on " + java);
        // Java reports an unknown option on stdout.
        assertTrue(result.json().has("kind"), () -> command + " on " + java);
      }
    }
  }

  /** The Java that runs this test, and those of the packages, from version 17 on. */
  private static List<Path> javas() throws IOException {
    Path packaged = Path.of("/usr/lib/jvm");
    try (Stream<Path> homes = Files.isDirectory(packaged) ? Files.list(packaged) : Stream.of()) {
      List<Path> found = new ArrayList<>();
      for (Path home :
          Stream.concat(homes, Stream.of(Path.of(System.getProperty("java.home")))).toList()) {
        if (Files.isExecutable(home.resolve("bin/java")) && version(home) >= 17) {
          found.add(home.toRealPath());
        }
      }
      return found.stream().distinct().toList();
    }
  }

  private static int version(Path home) throws IOException {
    return Files.readString(home.resolve("release"))
        .lines()
        .filter(line -> line.startsWith("JAVA_VERSION=\""))
        .map(line -> line.substring("JAVA_VERSION=\"".length()).split("[^0-9]", -1)[0])
        .mapToInt(Integer::parseInt)
        .findFirst()
        .orElse(0);
  }

  private void plans(Launcher launcher) {
    Launcher.Result result = launcher.run("plan", "job.json").expect(0);
    assertTrue(result.json().at("/summary/pending").asLong() > 0);
    assertEquals("", result.stderr());
  }
}

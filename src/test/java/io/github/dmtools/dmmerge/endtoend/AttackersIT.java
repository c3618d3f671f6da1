package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Root writes files to a directory in which another user creates files at the same time. */
final class AttackersIT {
  private static final int ATTEMPTS = 6;
  private static final int CANNOT_CREATE = 73;
  private static final String NOBODY = "65534";

  @TempDir private Path directory;
  private Path theirs = Path.of("");
  private Path victim = Path.of("");
  private Path document = Path.of("");
  private Fixture fixture = new Fixture("", theirs, theirs, new JsonMapper().createObjectNode());

  @BeforeEach
  void make() throws IOException {
    fixture = Fixture.unpack("random-4k", directory);
    // Other users cannot enter the test's directory.
    theirs = Files.createTempDirectory("dm-merge-attackers-");
    Shell.run("chown", NOBODY + ":" + NOBODY, theirs.toString());
    Files.setPosixFilePermissions(theirs, PosixFilePermissions.fromString("rwxr-xr-x"));
    victim = Files.writeString(directory.resolve("victim"), "root's alone");
    Files.setPosixFilePermissions(victim, PosixFilePermissions.fromString("rw-------"));
    document = theirs.resolve("plan.json");
  }

  @AfterEach
  void remove() {
    Shell.run("rm", "-rf", theirs.toString());
  }

  /** Replaces every new file by a link to the victim. */
  @Test
  void swapTemporaryFiles() throws IOException {
    attack(
        "opendir D, '.'; for (readdir D) { next if /^\\.\\.?$/ or $_ eq 'plan.json' or -l $_;"
            + " unlink $_; symlink $ARGV[0], $_ }");
  }

  /** Switches the document between a file and a link to the victim. */
  @Test
  void swapTheDocument() throws IOException {
    attack("rename 'plan.json', 'x'; symlink $ARGV[0], 'plan.json'; rename 'x', 'plan.json'");
  }

  private void attack(String step) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            "setpriv",
            "--reuid=" + NOBODY,
            "--regid=" + NOBODY,
            "--clear-groups",
            "perl",
            "-e",
            "$| = 1; print '.'; while (1) { " + step + " }",
            victim.toString());
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Shell.run("sh", "-c", "rm -rf '" + theirs + "'/* '" + theirs + "'/.[!.]*");
      Files.writeString(document, "{\"kind\":\"plan\",\"schema_version\":1}");
      Shell.run("chown", NOBODY + ":" + NOBODY, document.toString());
      Shell.run("chmod", "666", document.toString());
      Process attacker = builder.directory(theirs.toFile()).start();
      try {
        assertEquals('.', attacker.getInputStream().read(), "it runs");
        Launcher.Result result =
            Launcher.inThisProcess(directory)
                .stdin(fixture.job(false))
                .run("plan", "-", "-o", document.toString());
        assertTrue(List.of(0, CANNOT_CREATE).contains(result.status()), result::stderr);
      } finally {
        attacker.destroyForcibly().onExit().join();
      }
      assertUntouched();
    }
  }

  /** The tool works with descriptors, and never follows a link there. */
  @Test
  void linksAreNotFollowed() throws IOException {
    Path open = Files.createDirectory(directory.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path elsewhere = Files.createDirectory(open.resolve("elsewhere"));
    link(victim, "plan.json");
    link(elsewhere, "directory");
    link(elsewhere.resolve("new"), "dangling");
    for (String name : List.of("plan.json", "directory/new", "dangling")) {
      String place = theirs.resolve(name).toString();
      Launcher launcher = Launcher.inThisProcess(directory).stdin(fixture.job(true));
      Launcher.Result result = launcher.run("plan", "-", "--overwrite", "-o", place);
      result.expectProblem(CANNOT_CREATE, "output.create");
      assertTrue(result.json().path("hint").asString().contains("without this link"), result::text);
      launcher.stdin(job("audit", place)).run("apply", "-").expectProblem(73, "audit.open");
      String code = name.equals("directory/new") ? "undo.create" : "undo.not_ours";
      int status = name.equals("directory/new") ? CANNOT_CREATE : 78;
      Launcher.Result undo = launcher.stdin(job("undo", place)).run("apply", "-").expect(status);
      assertEquals(code, undo.json().at("/problem/code").asString());
    }
    assertUntouched();
    try (var files = Files.list(elsewhere)) {
      assertEquals(List.of(), files.toList());
    }
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));
  }

  /** Another user could read and change a log that this user created. */
  @Test
  void filesOfOthersAreNotTaken() throws IOException {
    Path log = Files.createFile(theirs.resolve("log"));
    Path pipe = theirs.resolve("pipe");
    Shell.run("mkfifo", pipe.toString());
    Shell.run("chown", NOBODY, log.toString(), pipe.toString());
    Launcher launcher = Launcher.inThisProcess(directory).stdin(job("audit", log.toString()));
    launcher.run("apply", "-").expectProblem(CANNOT_CREATE, "audit.open");
    assertEquals(0, Files.size(log));
    launcher.run("plan", "-", "-o", pipe.toString()).expectProblem(CANNOT_CREATE, "output.create");
    Launcher.Result undo =
        launcher.stdin(job("undo", log.toString())).run("apply", "-").expect(CANNOT_CREATE);
    assertEquals("undo.create", undo.json().at("/problem/code").asString());
    assertEquals(0, Files.size(log));
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));
  }

  /** Links of root, and links in directories that only root can write, are followed. */
  @Test
  void ownLinksAreFollowed() throws IOException {
    Path real = Files.createDirectory(directory.resolve("real"));
    Files.createSymbolicLink(theirs.resolve("by-root"), real);
    Path link = Files.createSymbolicLink(directory.resolve("link"), real);
    for (Path place : List.of(theirs.resolve("by-root/a.json"), link.resolve("b.json"))) {
      Launcher launcher = Launcher.inThisProcess(directory).stdin(fixture.job(true));
      launcher.run("plan", "-", "-o", place.toString()).expect(0);
      assertTrue(Files.isRegularFile(real.resolve(place.getFileName())));
    }
  }

  /** The mode of another user's file is not inherited, since it may be open to all. */
  @Test
  void modesAreNotWidened() throws IOException {
    Files.writeString(document, "{\"kind\":\"plan\",\"schema_version\":1}");
    Shell.run("chown", NOBODY, document.toString());
    Shell.run("chmod", "666", document.toString());
    Launcher launcher =
        Launcher.inThisProcess(directory).prefixedBy("sh", "-c", "umask 027; exec \"$@\"", "");
    launcher.stdin(fixture.job(true)).run("plan", "-", "-o", document.toString()).expect(0);
    String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(document));
    assertEquals("rw-r-----", mode);
    assertEquals("root", Files.getOwner(document).getName());
    assertFalse(Files.readString(document).isEmpty());
  }

  private String job(String field, String path) {
    ObjectNode job = (ObjectNode) new JsonMapper().readTree(fixture.job(true));
    return job.put(field, path).toString();
  }

  private void link(Path target, String name) throws IOException {
    Path link = Files.createSymbolicLink(theirs.resolve(name), target);
    Shell.run("chown", "--no-dereference", NOBODY, link.toString());
  }

  private void assertUntouched() throws IOException {
    assertEquals("root's alone", Files.readString(victim));
    String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(victim));
    assertEquals("rw-------", mode);
  }
}

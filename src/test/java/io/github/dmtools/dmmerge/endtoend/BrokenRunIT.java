package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that cannot succeed end with an error. */
final class BrokenRunIT {
  private static final int BUG = 70;
  private static final int TEMPORARY = 75;
  private static final int USAGE = 64;

  @TempDir private Path directory;

  @Test
  void aDamagedImage() throws IOException {
    Path image = directory.resolve("image");
    Shell.run("cp", "-r", Launcher.image().toString(), image.toString());
    Shell.run("sh", "-c", "for f in " + image + "/lib/native/*/*; do : > $f; done");
    Files.writeString(directory.resolve("cow"), "x");
    Launcher.Result result =
        new Launcher(directory)
            .executable(image.resolve("bin/dm-merge"))
            .run("check", "cow")
            .expect(BUG);
    assertEquals("internal.bug", result.json().path("code").asString());
  }

  @Test
  void aSignalWhileItWaitsForItsJob() throws IOException {
    Path fifo = directory.resolve("job");
    Shell.run("mkfifo", fifo.toString());
    // The FIFO never gets a writer. After the shell's exec, the process is Java.
    Launcher.Running running =
        new Launcher(directory)
            .prefixedBy("sh", "-c", "exec \"$@\" <> job", "sh")
            .start("apply", "-");
    Await.until(
        running.process(),
        "Java",
        () -> Shell.run("ps", "-o", "args=", "-p", "" + running.process().pid()).contains("java"));
    Await.until(
        running.process(),
        "Java",
        () ->
            Shell.run("sh", "-c", "ls -l /proc/" + running.process().pid() + "/fd")
                .contains("jar"));
    Await.until(
        running.process(),
        "Java",
        () -> {
          String tasks = "ls /proc/" + running.process().pid() + "/task | wc -l";
          return Integer.parseInt(Shell.run("sh", "-c", tasks)) > 3;
        });
    running.process().destroy();
    int status = running.await().status();
    // 143: the signal came before the hook was registered.
    assertTrue(status == TEMPORARY || status == 143, "it ended with " + status);
  }

  @Test
  void optionsOfTheClassicFormBeforeACommand() {
    new Launcher(directory)
        .run("-f", "-o", "origin", "plan", "job")
        .expectProblem(USAGE, "usage.invalid");
  }
}

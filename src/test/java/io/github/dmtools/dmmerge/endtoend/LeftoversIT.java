package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is killed while it writes a document leaves no file that stays. */
final class LeftoversIT {
  private static final int KILLED = 128 + 9;
  private static final String OLDER = "{\"kind\":\"plan\",\"schema_version\":1}";

  @TempDir private Path directory;

  @Test
  void aDocumentInAFile() throws IOException {
    Path out = Files.createDirectory(directory.resolve("out"));
    Path older = Files.writeString(out.resolve("older.json"), OLDER);
    for (String name : List.of("new.json", "older.json", "new.json.gz")) {
      killWhileItWritesInto(out, "-o", out.resolve(name).toString());
      assertEquals(List.of(older), filesIn(out), name);
      assertEquals(OLDER, Files.readString(older));
    }
  }

  @Test
  void aDocumentForStdout() throws IOException {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    Launcher.Running running = start();
    awaitOpenFileIn(temporary, running);
    // Java unlinks the file right after it created it.
    while (!filesIn(temporary).isEmpty()) {
      assertTrue(running.process().isAlive(), "it keeps the file's name");
    }
    kill(running, temporary);
    assertEquals(List.of(), filesIn(temporary));
  }

  private void killWhileItWritesInto(Path directory, String... options) throws IOException {
    kill(start(options), directory);
  }

  private static void kill(Launcher.Running running, Path directory) throws IOException {
    awaitOpenFileIn(directory, running);
    running.process().destroyForcibly();
    running.await().expect(KILLED);
  }

  private Launcher.Running start(String... options) {
    ManyChunks many = ManyChunks.make(directory, 100_000);
    String[] arguments =
        Stream.concat(Stream.of("plan", "-"), Stream.of(options)).toArray(String[]::new);
    return new Launcher(directory)
        .stdin(many.job())
        .environment("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + directory.resolve("tmp"))
        .start(arguments);
  }

  /** Waits until the process has a file in the directory open, with or without a name. */
  private static void awaitOpenFileIn(Path directory, Launcher.Running running) throws IOException {
    Path descriptors = Path.of("/proc", String.valueOf(running.process().pid()), "fd");
    while (!hasFileIn(directory.toRealPath(), descriptors)) {
      assertTrue(running.process().isAlive(), () -> "it was over too early\n" + running.stderr());
      Thread.onSpinWait();
    }
  }

  private static boolean hasFileIn(Path directory, Path descriptors) throws IOException {
    try (Stream<Path> all = Files.list(descriptors)) {
      for (Path descriptor : all.toList()) {
        try {
          Path file = Files.readSymbolicLink(descriptor);
          if (file.startsWith(directory) && !file.equals(directory)) {
            return true;
          }
        } catch (NoSuchFileException e) {
          // Closed in the meantime.
        }
      }
    }
    return false;
  }

  private static List<Path> filesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }
}

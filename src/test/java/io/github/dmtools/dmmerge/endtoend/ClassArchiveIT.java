package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.SlowTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The class-data archive of the image is used wherever the image is, and ignored if it does not
 * fit.
 */
final class ClassArchiveIT {
  private static final String JAVA = System.getProperty("java.home");

  /** Classes that a run may load on top, such as those for loop devices if there are any. */
  private static final int MORE_CLASSES = 20;

  @TempDir private Path directory;

  @BeforeEach
  void make() throws IOException {
    Fixture.unpack("commit-4k", directory);
    String text = Fixture.job(Path.of("cow"), Path.of("origin"), true);
    Files.writeString(directory.resolve("job.json"), text);
  }

  @Test
  void isUsedWhereTheImageWasBuilt() throws IOException {
    assertUsed(new Launcher(directory));
  }

  @Test
  void isUsedWhereTheImageWasMoved() throws IOException {
    assertUsed(launcher(copy("cp", "-a")));
  }

  @Test
  void isUsedWhereTheImageCannotBeWritten() throws IOException {
    String image = "'" + Launcher.image() + "'";
    String readOnly = "mount --bind -o ro " + image + " " + image + " && exec \"$@\"";
    assertUsed(
        new Launcher(directory).prefixedBy("unshare", "--mount", "sh", "-c", readOnly, "dm-merge"));
  }

  /** Java compares the jars' times with those in the archive. */
  @Test
  void isIgnoredIfTheJarsDiffer() throws IOException {
    Path image = copy("cp", "-r");
    assertTrue(foreignClasses(launcher(image)) > MORE_CLASSES, "it was used");
    assertClean(launcher(image));
  }

  @Test
  void isIgnoredIfItIsOfAnotherJava() throws IOException {
    Path image = copy("cp", "-a");
    Path archive = archive(image);
    byte[] bytes = Files.readAllBytes(archive);
    byte[] name = " 64-Bit ".getBytes(StandardCharsets.US_ASCII);
    int at = 0;
    while (!Arrays.equals(bytes, at, at + name.length, name, 0, name.length)) {
      at++;
    }
    bytes[at + 1] = '3';
    Files.write(archive, bytes);
    assertTrue(foreignClasses(launcher(image)) > MORE_CLASSES, "it was used");
    assertClean(launcher(image));
  }

  /** Java checks only the header; {@code prepare} checks the rest. */
  @Test
  void isIgnoredIfItsHeaderIsDamaged() throws IOException {
    Path image = copy("cp", "-a");
    Path archive = archive(image);
    byte[] bytes = Files.readAllBytes(archive);
    for (int length : List.of(0, 100)) {
      Files.write(archive, Arrays.copyOf(bytes, length));
      assertClean(launcher(image));
    }
  }

  /** The build makes the image's archive in the same way. */
  @Test
  @SlowTest
  void isMadeAnewByPrepare() throws IOException {
    Path image = directory.resolve("image");
    Files.move(copy("cp", "-r"), image);
    Files.delete(archive(image));
    assertClean(launcher(image));
    Shell.run("env", "JAVA_HOME=" + JAVA, image.resolve("lib/prepare").toString());
    assertUsed(launcher(image));
    assertClean(launcher(image));
  }

  private Path copy(String... command) {
    Path image = directory.resolve("an image");
    List<String> words =
        Stream.concat(Stream.of(command), Stream.of(Launcher.image().toString(), image.toString()))
            .toList();
    Shell.run(words.toArray(String[]::new));
    return image;
  }

  private Launcher launcher(Path image) {
    return new Launcher(directory).executable(image.resolve("bin/dm-merge"));
  }

  /** The only file there: {@code prepare} must remove its temporary files. */
  private static Path archive(Path image) throws IOException {
    try (Stream<Path> files = Files.list(image.resolve("lib/cds"))) {
      List<Path> found = files.toList();
      assertEquals(1, found.size(), found::toString);
      return found.get(0);
    }
  }

  private void assertUsed(Launcher launcher) throws IOException {
    assertTrue(foreignClasses(launcher) < MORE_CLASSES, "it was not used");
  }

  /** The number of classes that were loaded from the jars. */
  private long foreignClasses(Launcher launcher) throws IOException {
    launcher
        .environment("JAVA_HOME", JAVA)
        .environment("JAVA_TOOL_OPTIONS", "-Xlog:class+load:file=classes.log")
        .run("plan", "job.json")
        .expect(0);
    List<String> log = Files.readAllLines(directory.resolve("classes.log"));
    assertTrue(log.size() > 500, () -> "not the classes that were loaded: " + log);
    return log.stream().filter(line -> line.endsWith(".jar")).count();
  }

  private static void assertClean(Launcher launcher) {
    Launcher.Result result =
        launcher
            .environment("JAVA_HOME", JAVA)
            .environment("JAVA_TOOL_OPTIONS", "")
            .run("plan", "job.json")
            .expect(0);
    assertEquals("", result.stderr().replaceAll("Picked up JAVA_TOOL_OPTIONS: \n", ""));
    assertTrue(result.json().at("/summary/pending").asLong() > 0);
  }
}

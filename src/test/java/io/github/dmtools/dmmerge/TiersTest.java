package io.github.dmtools.dmmerge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every test is in one tier, and is run together with the others or alone: it is found by its name,
 * and its only tags are those of {@link SlowTest} and {@link RunsAlone}.
 */
final class TiersTest {
  private static final Path TESTS =
      Path.of(System.getProperty("dmmerge.basedir", "."), "src", "test", "java");

  private static final Pattern TAG =
      Pattern.compile("@(org\\.junit\\.jupiter\\.api\\.)?" + "Tags?\\b");
  private static final Pattern TEST =
      Pattern.compile("^ *@(Test|ParameterizedTest|RepeatedTest|TestFactory|Property|Example)\\b");

  /**
   * States that other runs cannot identify (swap, mounted files, loop devices without a node), and
   * runs that see a part of the system only (without nodes or processes, as another user).
   */
  private static final Pattern SYSTEM_WIDE =
      Pattern.compile(
          "\\.(swapOn|mountFile|loopNumber)\\(|mount -t tmpfs none /dev|--mount-proc|podman run"
              + "|prefixedBy\\(\"setpriv\", \"--reuid");

  /** What Maven runs, and the abstract classes that such classes extend. */
  private static final Pattern NAME = Pattern.compile("(\\w+(Test|IT)|\\w*Contract)\\.java");

  @Test
  void thereAreTwoTags() throws IOException {
    assertEquals(
        List.of("RunsAlone.java", "SlowTest.java"),
        names(text -> TAG.matcher(text).find()).toList());
  }

  @Test
  void whatMattersToTheWholeSystemRunsAlone() throws IOException {
    Predicate<String> mustRunAlone = text -> SYSTEM_WIDE.matcher(text).find();
    Predicate<String> runsAlone = text -> text.contains("\n@RunsAlone\n");
    assertEquals(
        List.of(),
        names(mustRunAlone.and(runsAlone.negate()))
            .filter(name -> name.endsWith("IT.java"))
            .toList());
  }

  @Test
  void everyTestIsFoundByItsName() throws IOException {
    Predicate<String> hasTests = text -> text.lines().anyMatch(line -> TEST.matcher(line).find());
    assertEquals(List.of(), names(hasTests).filter(name -> !NAME.matcher(name).matches()).toList());
  }

  /** The files of a text like that. */
  private static Stream<String> names(Predicate<String> text) throws IOException {
    try (Stream<Path> files = Files.walk(TESTS)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> text.test(read(file)))
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList()
          .stream();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

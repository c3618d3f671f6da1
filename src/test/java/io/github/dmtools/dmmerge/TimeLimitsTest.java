package io.github.dmtools.dmmerge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No test fails because the machine is slow or busy: what ends one that hangs takes hours. */
final class TimeLimitsTest {
  private static final Path TESTS =
      Path.of(System.getProperty("dmmerge.basedir", "."), "src", "test", "java");

  private static final Pattern LIMIT =
      Pattern.compile(
          "@" + "Timeout|(waitFor|awaitTermination)\\([^)]*TimeUnit\\.(SECONDS|MINUTES)");

  @Test
  void noTestHasALimitOfSecondsOrMinutes() throws IOException {
    List<String> limits = new ArrayList<>();
    try (Stream<Path> files = Files.walk(TESTS)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        if (LIMIT.matcher(Files.readString(file)).find()) {
          limits.add(TESTS.relativize(file).toString());
        }
      }
    }
    assertEquals(List.of(), limits, "a limit of hours in junit-platform.properties is enough");
  }
}

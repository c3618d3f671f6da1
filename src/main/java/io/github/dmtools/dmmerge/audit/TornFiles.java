package io.github.dmtools.dmmerge.audit;

import io.github.dmtools.dmmerge.problem.Warning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files beside a log that keep what was torn off its end. */
final class TornFiles {
  /** Between the log's name and a number. */
  static final String INFIX = ".torn-";

  private static final String CODE = "audit.torn";

  private TornFiles() {}

  /** Says that the end of a log was just kept aside. */
  static Warning kept(Path log, Path aside, long bytes) {
    return new Warning(
        CODE,
        "the last line of "
            + log
            + " was torn, as by a power cut: its "
            + bytes
            + " bytes are kept in "
            + aside,
        aside.toString());
  }

  /**
   * Says what earlier runs kept aside, by name.
   *
   * @param log its real path
   */
  static List<Warning> beside(Path log) throws IOException {
    String prefix = log.getFileName() + INFIX;
    try (Stream<Path> files = Files.list(log.resolveSibling(""))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .sorted()
          .map(file -> new Warning(CODE, "a torn line is kept in " + file, file.toString()))
          .toList();
    }
  }
}

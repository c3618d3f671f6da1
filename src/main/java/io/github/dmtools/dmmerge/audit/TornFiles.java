package io.github.dmtools.dmmerge.audit;

import io.github.dmtools.dmmerge.problem.Warning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files beside a log that contain its torn lines. */
final class TornFiles {
  /** Stands between the log's name and a number. */
  static final String INFIX = ".torn-";

  private static final String CODE = "audit.torn";

  private TornFiles() {}

  /** The warning that a torn line was moved. */
  static Warning moved(Path log, Path aside, long bytes) {
    return new Warning(
        CODE,
        "the last line of "
            + log
            + " was torn, as by a power failure: its "
            + bytes
            + " bytes were moved to "
            + aside,
        aside.toString());
  }

  /**
   * The warnings for files that earlier runs left, sorted by name.
   *
   * @param log real path of the log
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

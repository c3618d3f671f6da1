package io.github.dmtools.dmmerge.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command's document goes. */
final class OutputOption {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = {
        "Write the document to FILE, at once and only when it is whole; not to stdout.",
        "Compressed (gzip) if FILE ends in .gz."
      })
  private @Nullable String file;

  /**
   * Opens the place before anything is done, so that a run does not fail at its end.
   *
   * @param inUse paths that no document may replace
   */
  DocumentOutput open(List<String> inUse) {
    return file == null ? new StdoutDocument() : new FileDocument(file, inUse);
  }

  /** The file, as a list of none or one. */
  List<String> files() {
    return file == null ? List.of() : List.of(file);
  }
}

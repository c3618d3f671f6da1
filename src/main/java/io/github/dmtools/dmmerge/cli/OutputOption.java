package io.github.dmtools.dmmerge.cli;

import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/** Where a command's document goes. */
final class OutputOption {
  private final TextOption file =
      TextOption.of(
          OptionSpec.builder("-o", "--output"),
          "FILE",
          "Write the document to FILE, at once and only when it is whole; not to stdout.",
          "Compressed (gzip) if FILE ends in .gz.");

  OptionSpec spec() {
    return file.spec();
  }

  /**
   * Opens the place before anything is done, so that a run does not fail at its end.
   *
   * @param inUse paths that no document may replace
   */
  DocumentOutput open(List<String> inUse) {
    String path = file.value();
    return path == null ? new StdoutDocument() : new FileDocument(path, inUse);
  }

  /** The file, as a list of none or one. */
  List<String> files() {
    String path = file.value();
    return path == null ? List.of() : List.of(path);
  }
}

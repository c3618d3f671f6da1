package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.cli.output.DocumentOutput;
import io.github.dmtools.dmmerge.cli.output.FileDocument;
import io.github.dmtools.dmmerge.cli.output.StdoutDocument;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/** Where a command's document goes. */
final class OutputOption {
  private final TextOption file =
      TextOption.of(
          OptionSpec.builder("-o", "--output"),
          "FILE",
          "Write the document to FILE, at once and only when it is whole; not to stdout.",
          "Compressed (gzip) if FILE ends in .gz. A file that is there is replaced if it is empty",
          "or a document of dm-merge.");
  private final Flag overwrite =
      Flag.of("--overwrite", "Let a document replace any regular file that is not the job's.");

  OptionSpec spec() {
    return file.spec();
  }

  /** To be added beside {@link #spec}. */
  OptionSpec overwriteSpec() {
    return overwrite.spec();
  }

  boolean overwrites() {
    return overwrite.isGiven();
  }

  /**
   * Opens the place before anything is done, so that a run does not fail at its end.
   *
   * @param inUse paths that no document may replace
   */
  DocumentOutput open(List<String> inUse) {
    String path = file.value();
    return path == null ? new StdoutDocument() : new FileDocument(path, inUse, overwrites());
  }

  /** The file, as a list of none or one. */
  List<String> files() {
    String path = file.value();
    return path == null ? List.of() : List.of(path);
  }
}

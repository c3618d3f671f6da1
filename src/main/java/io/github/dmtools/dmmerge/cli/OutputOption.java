package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.cli.output.DocumentOutput;
import io.github.dmtools.dmmerge.cli.output.FileDocument;
import io.github.dmtools.dmmerge.cli.output.StdoutDocument;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/** The two options that choose where a command writes its document. */
record OutputOption(Argument file, Argument overwrite) {
  OutputOption() {
    this(
        Argument.option(
            OptionSpec.builder("-o", "--output").type(String.class).paramLabel("FILE"),
            "Write the document to FILE instead of stdout. FILE appears only when it is complete.",
            "Compressed (gzip) if FILE ends in .gz. An existing FILE is replaced if it is empty",
            "or a document of dm-merge."),
        Argument.flag(
            "--overwrite", "Let a document replace any regular file that the job does not use."));
  }

  boolean overwrites() {
    return overwrite.isGiven();
  }

  /**
   * Opens the output first, so that a run does not fail at its end.
   *
   * @param inUse paths that no document may replace
   */
  DocumentOutput open(List<String> inUse) {
    String path = file.text();
    return path == null ? new StdoutDocument() : new FileDocument(path, inUse, overwrites());
  }

  /** The file, or an empty list for stdout. */
  List<String> files() {
    String path = file.text();
    return path == null ? List.of() : List.of(path);
  }
}

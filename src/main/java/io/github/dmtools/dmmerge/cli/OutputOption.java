package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.job.Job;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command's document goes. */
final class OutputOption {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the document to FILE, at once and only when it is whole; not to stdout.")
  private @Nullable String file;

  /** Opens the place before anything is done, so that a run does not fail at its end. */
  DocumentOutput open(Job job) {
    return file == null ? new StdoutDocument() : new FileDocument(file, pathsOf(job));
  }

  /** The paths that no document may replace. */
  static List<String> pathsOf(Job job) {
    List<String> paths = new ArrayList<>();
    paths.add(job.input());
    if (job.output() != null) {
      paths.add(job.output());
    }
    return paths;
  }
}

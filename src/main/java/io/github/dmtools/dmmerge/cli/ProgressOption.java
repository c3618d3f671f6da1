package io.github.dmtools.dmmerge.cli;

import java.util.List;
import picocli.CommandLine.Option;

/** How a command tells its progress. */
final class ProgressOption {
  @Option(
      names = "--progress",
      paramLabel = "HOW",
      defaultValue = "auto",
      description =
          "Progress on stderr: auto (a bar if it is a terminal), json (an event a line), none.")
  private ProgressStyle style = ProgressStyle.auto;

  /**
   * Wires a run.
   *
   * @param ownFiles paths of the documents that it is going to write
   */
  RunContext context(List<String> ownFiles) {
    return RunContext.create(style, ownFiles);
  }
}

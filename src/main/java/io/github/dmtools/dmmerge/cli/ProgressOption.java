package io.github.dmtools.dmmerge.cli;

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

  RunContext context() {
    return RunContext.create(style);
  }
}

package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.cli.progress.ProgressStyle;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/** How a command tells its progress. */
final class ProgressOption {
  private final OptionSpec spec =
      OptionSpec.builder("--progress")
          .paramLabel("HOW")
          .type(ProgressStyle.class)
          .defaultValue("auto")
          .description(
              "Progress on stderr: auto (a bar if it is a terminal), json (an event a line), none.")
          .build();

  OptionSpec spec() {
    return spec;
  }

  /**
   * Wires a run.
   *
   * @param preallocatedFiles paths of the documents that it is going to write
   */
  RunContext context(List<String> preallocatedFiles) {
    return RunContext.create(spec.getValue(), preallocatedFiles);
  }
}

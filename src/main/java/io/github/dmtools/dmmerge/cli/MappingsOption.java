package io.github.dmtools.dmmerge.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How many mappings a report names. */
final class MappingsOption {
  private static final int MAX = 1_000_000;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  private int limit;

  @Option(
      names = "--max-mappings",
      paramLabel = "N",
      defaultValue = "100",
      description = "Name at most N pending mappings in the report (${DEFAULT-VALUE}).")
  void setLimit(int value) {
    if (value < 0 || value > MAX) {
      throw new ParameterException(
          spec.commandLine(), "--max-mappings takes a number from 0 to " + MAX);
    }
    limit = value;
  }

  int limit() {
    return limit;
  }
}

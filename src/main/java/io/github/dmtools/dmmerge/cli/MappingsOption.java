package io.github.dmtools.dmmerge.cli;

import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** How many mappings a report names. */
final class MappingsOption {
  private static final int MAX = 1_000_000;

  private final Limit limit = new Limit();
  private final OptionSpec spec =
      OptionSpec.builder("--max-mappings")
          .paramLabel("N")
          .type(int.class)
          .defaultValue("100")
          .description("Name at most N pending mappings in the report (${DEFAULT-VALUE}).")
          .setter(limit)
          .hasInitialValue(false)
          .build();

  OptionSpec spec() {
    return spec;
  }

  int limit() {
    return limit.value;
  }

  /** Checks a number against its bounds where it is read, as picocli does with what is none. */
  private final class Limit implements ISetter {
    private int value;

    @Override
    public <T> T set(T number) {
      value = (Integer) number;
      if (value < 0 || value > MAX) {
        throw new ParameterException(
            spec.command().commandLine(), "--max-mappings takes a number from 0 to " + MAX);
      }
      return number;
    }
  }
}

package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.cli.progress.ProgressStyle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** An option or a positional parameter, and its value once the command line is parsed. */
record Argument(ArgSpec spec) {
  private static final int MAX_MAPPINGS = 1_000_000;

  /** A required positional parameter. */
  static Argument positional(String label, String description) {
    return new Argument(
        PositionalParamSpec.builder()
            .paramLabel(label)
            .type(String.class)
            .required(true)
            .description(description)
            .build());
  }

  static Argument job() {
    return positional("JOB", "The job: a file, or - for standard input.");
  }

  /** An option without a value. */
  static Argument flag(String name, String description) {
    return option(OptionSpec.builder(name).type(boolean.class), description);
  }

  /** An option with a value, such as a path. */
  static Argument text(String name, String label, String description) {
    return option(OptionSpec.builder(name).type(String.class).paramLabel(label), description);
  }

  static Argument option(OptionSpec.Builder option, String... description) {
    return new Argument(option.description(description).build());
  }

  static Argument progress() {
    return option(
        OptionSpec.builder("--progress")
            .paramLabel("HOW")
            .type(ProgressStyle.class)
            .defaultValue("auto"),
        "Progress on stderr: auto (a bar on a terminal), json (one event per line), none.");
  }

  static Argument maxMappings() {
    return option(
        OptionSpec.builder("--max-mappings").paramLabel("N").type(int.class).defaultValue("100"),
        "List at most N pending mappings in the report (${DEFAULT-VALUE}).");
  }

  boolean isGiven() {
    return Boolean.TRUE.equals(spec.getValue());
  }

  /** The value of an option; null if it was not given. */
  @Nullable String text() {
    return spec.getValue();
  }

  /** The value of a positional parameter. */
  String required() {
    return Objects.requireNonNull(text());
  }

  /** The value of {@link #progress}. */
  ProgressStyle style() {
    return spec.getValue();
  }

  /**
   * The value of {@link #maxMappings}.
   *
   * @throws ParameterException if it is out of bounds
   */
  int limit() {
    int limit = spec.<Integer>getValue();
    if (limit < 0 || limit > MAX_MAPPINGS) {
      throw wrong("--max-mappings takes a number from 0 to " + MAX_MAPPINGS);
    }
    return limit;
  }

  /** A usage error of the command that this argument belongs to. */
  ParameterException wrong(String message) {
    return new ParameterException(spec.command().commandLine(), message);
  }
}

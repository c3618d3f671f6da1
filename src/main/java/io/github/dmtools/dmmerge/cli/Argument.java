package io.github.dmtools.dmmerge.cli;

import picocli.CommandLine.Model.PositionalParamSpec;

/** The one word that a command cannot do without. */
record Argument(PositionalParamSpec spec) {
  static Argument of(String label, String description) {
    return new Argument(
        PositionalParamSpec.builder()
            .paramLabel(label)
            .type(String.class)
            .required(true)
            .description(description)
            .build());
  }

  /** Where the job is. */
  static Argument job() {
    return of("JOB", "The job: a file, or - for standard input.");
  }

  String value() {
    return spec.getValue();
  }
}

package io.github.dmtools.dmmerge.cli;

import picocli.CommandLine.Model.OptionSpec;

/** An option that is given or not. */
record Flag(OptionSpec spec) {
  static Flag of(String name, String description) {
    return new Flag(OptionSpec.builder(name).type(boolean.class).description(description).build());
  }

  boolean isGiven() {
    return Boolean.TRUE.equals(spec.getValue());
  }
}

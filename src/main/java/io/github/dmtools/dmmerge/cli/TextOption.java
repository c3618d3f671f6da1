package io.github.dmtools.dmmerge.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;

/** An option that takes a word, such as a path. */
record TextOption(OptionSpec spec) {
  static TextOption of(String name, String label, String description) {
    return of(OptionSpec.builder(name), label, description);
  }

  /** The same of an option with several names, or with more to say. */
  static TextOption of(OptionSpec.Builder names, String label, String... description) {
    return new TextOption(
        names.type(String.class).paramLabel(label).description(description).build());
  }

  /** What was given, if it was. */
  @Nullable String value() {
    return spec.getValue();
  }
}

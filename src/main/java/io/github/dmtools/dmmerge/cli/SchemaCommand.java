package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.cli.output.Stdout;
import io.github.dmtools.dmmerge.json.Schemas;
import io.github.dmtools.dmmerge.problem.ExitStatus;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;

/** {@code dm-merge schema NAME}. */
final class SchemaCommand implements Command {
  private final Argument name = Argument.positional("NAME", "The document's kind.");

  @Override
  public CommandSpec spec() {
    CommandSpec spec = Commands.spec("schema", this, name);
    spec.usageMessage()
        .description(
            "Print the JSON Schema of a document: " + String.join(", ", Schemas.names()) + ".");
    return spec;
  }

  @Override
  public boolean opensDevices() {
    return false;
  }

  @Override
  public Integer call() throws IOException {
    String document = name.required();
    if (!Schemas.names().contains(document)) {
      throw name.wrong(
          "no schema '" + document + "': one of " + String.join(", ", Schemas.names()));
    }
    Stdout.stream().write(Schemas.read(document));
    return ExitStatus.OK.status();
  }
}

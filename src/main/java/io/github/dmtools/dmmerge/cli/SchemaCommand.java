package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.cli.output.Stdout;
import io.github.dmtools.dmmerge.json.Schemas;
import io.github.dmtools.dmmerge.problem.ExitStatus;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** {@code dm-merge schema NAME}. */
final class SchemaCommand implements Command {
  private final Argument name = Argument.of("NAME", "Which document.");

  @Override
  public CommandSpec spec() {
    CommandSpec spec = Commands.spec("schema", this, name.spec());
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
    String document = name.value();
    if (!Schemas.names().contains(document)) {
      throw new ParameterException(
          name.spec().command().commandLine(),
          "there is no schema of '"
              + document
              + "', only of "
              + String.join(", ", Schemas.names()));
    }
    Stdout.stream().write(Schemas.read(document));
    return ExitStatus.OK.status();
  }
}

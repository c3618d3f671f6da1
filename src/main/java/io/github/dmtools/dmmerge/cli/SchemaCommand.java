package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.json.Schemas;
import io.github.dmtools.dmmerge.problem.ExitStatus;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dm-merge schema NAME}. */
@Command(
    name = "schema",
    description = {
      "Print the JSON Schema of a document: job, plan, report, problem, check, audit, or of",
      "audit-event, a line of an audit log."
    },
    mixinStandardHelpOptions = true,
    versionProvider = DmMerge.Version.class)
final class SchemaCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "Which document.")
  private String name = "";

  @Override
  public Integer call() throws IOException {
    if (!Schemas.names().contains(name)) {
      throw new ParameterException(
          spec.commandLine(),
          "there is no schema of '" + name + "', only of " + String.join(", ", Schemas.names()));
    }
    Stdout.stream().write(Schemas.read(name));
    return ExitStatus.OK.status();
  }
}

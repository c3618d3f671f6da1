package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.json.Tool;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The commands by name, and what all of them have in common. They are declared by picocli's API:
 * its annotations are read by reflection, which takes longer than many a run.
 */
final class Commands {
  /** In the order of the help. */
  static final List<String> NAMES = List.of("plan", "apply", "verify", "check", "audit", "schema");

  /** Every word that can stand for a command. */
  static final List<String> NAMES_AND_HELP =
      List.of("plan", "apply", "verify", "check", "audit", "schema", "help");

  private Commands() {}

  /** The command of that name, if there is one. */
  static @Nullable Command named(String name) {
    return switch (name) {
      case "plan" -> new PlanCommand();
      case "apply" -> new ApplyCommand();
      case "verify" -> new VerifyCommand();
      case "check" -> new CheckCommand();
      case "audit" -> new AuditCommand();
      case "schema" -> new SchemaCommand();
      default -> null;
    };
  }

  /** The command with its own arguments, and after them the options for help and version. */
  static CommandSpec spec(String name, Command command, ArgSpec... arguments) {
    CommandSpec spec =
        CommandSpec.wrapWithoutInspection(command).name(name).versionProvider(new Version());
    for (ArgSpec argument : arguments) {
      spec.add(argument);
    }
    return spec.addOption(
            OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .type(boolean.class)
                .description("Show this help message and exit.")
                .build())
        .addOption(
            OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .type(boolean.class)
                .description("Print version information and exit.")
                .build());
  }

  /** What {@code --version} prints: it is asked for only then. */
  private static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {Tool.NAME + " " + Tool.version()};
    }
  }
}

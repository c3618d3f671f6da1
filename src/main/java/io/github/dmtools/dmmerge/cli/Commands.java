package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.json.Tool;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The commands by name, and their common options. They use picocli's API instead of annotations:
 * reading annotations by reflection takes longer than many runs.
 */
final class Commands {
  /** In the order of the help. */
  static final List<String> NAMES = List.of("plan", "apply", "verify", "check", "audit", "schema");

  /** The commands, and {@code help}. */
  static final List<String> NAMES_AND_HELP =
      List.of("plan", "apply", "verify", "check", "audit", "schema", "help");

  private Commands() {}

  /** Returns the command of that name, or null. */
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

  /** Declares a command with its own arguments, and the options for help and version. */
  static CommandSpec spec(String name, Command command, Argument... arguments) {
    CommandSpec spec =
        CommandSpec.wrapWithoutInspection(command).name(name).versionProvider(new Version());
    for (Argument argument : arguments) {
      spec.add(argument.spec());
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

  /** Reads the version only when {@code --version} is given. */
  private static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {Tool.NAME + " " + Tool.version()};
    }
  }
}

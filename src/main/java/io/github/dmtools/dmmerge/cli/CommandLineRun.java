package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.cli.output.Stdout;
import io.github.dmtools.dmmerge.cli.progress.ProgressStyle;
import io.github.dmtools.dmmerge.json.Documents;
import io.github.dmtools.dmmerge.json.Tool;
import io.github.dmtools.dmmerge.linux.DevicePreloader;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Runs the program once. Every failure becomes an exit status here. */
final class CommandLineRun {
  private CommandLineRun() {}

  /** Returns the exit status. */
  static int run(String[] args) {
    // Features of picocli that are not used here and cost time at every start.
    System.setProperty("picocli.disable.closures", "true");
    System.setProperty("picocli.converters.excludes", "java.*");
    if (args.length == 0 || args[0].startsWith("-")) {
      return run(new CommandLine(new DmMerge().spec()), args);
    }
    if (args[0].equals("help")) {
      return help(args);
    }
    Command command = Commands.named(args[0]);
    if (command == null) {
      return fail(unknownCommand(args[0]), false);
    }
    if (command.opensDevices()) {
      DevicePreloader.begin();
    }
    // Only this command is set up.
    return run(
        new CommandLine(command.spec()).setCommandName(Tool.NAME + " " + args[0]),
        Arrays.copyOfRange(args, 1, args.length));
  }

  /** {@code help} is {@code --help}, and {@code help COMMAND} is {@code COMMAND --help}. */
  private static int help(String[] args) {
    if (args.length == 1 || args[1].equals("help") || args[1].equals("--help")) {
      return run(new String[] {"--help"});
    }
    if (args.length > 2) {
      return fail(Problem.of(ProblemCode.USAGE, "help takes one command"), false);
    }
    return run(new String[] {args[1], "--help"});
  }

  private static Problem unknownCommand(String typed) {
    String meant = NearestCommand.to(typed);
    String question = meant == null ? "" : "; did you mean " + meant + "?";
    return Problem.of(ProblemCode.USAGE, "there is no command '" + typed + "'" + question);
  }

  private static int run(CommandLine commandLine, String[] args) {
    commandLine.setCaseInsensitiveEnumValuesAllowed(false);
    commandLine.setExpandAtFiles(false);
    // -vd is -v -d, and -oFILE is -o FILE.
    commandLine.setPosixClusteredShortOptionsAllowed(true);
    Handlers handlers = new Handlers();
    commandLine.setParameterExceptionHandler(handlers);
    commandLine.setExecutionExceptionHandler(handlers);
    commandLine.setExecutionStrategy(handlers);
    // Help and version are buffered: picocli does not notice when stdout fails.
    StringWriter help = new StringWriter();
    commandLine.setOut(new PrintWriter(help));
    try {
      int status = commandLine.execute(args);
      Stdout.print(help.toString());
      return status;
    } catch (ProblemException e) {
      return fail(e.problem(), isClassic(commandLine));
    } catch (OutOfMemoryError e) {
      Problem problem = Problem.of(ProblemCode.INTERNAL_MEMORY, "Java ran out of memory");
      return fail(problem, isClassic(commandLine));
    } catch (Error e) {
      // A class failed to initialize: a damaged image, or an unknown architecture.
      Throwable cause = e.getCause() != null ? e.getCause() : e;
      return fail(problemOf(cause), isClassic(commandLine));
    }
  }

  /** Not lambdas: lambdas of picocli's types keep picocli out of the class-data sharing archive. */
  private static final class Handlers
      implements CommandLine.IParameterExceptionHandler,
          CommandLine.IExecutionExceptionHandler,
          CommandLine.IExecutionStrategy {
    @Override
    public int handleParseException(ParameterException e, String[] args) {
      Problem problem =
          Problem.of(ProblemCode.USAGE, oneLine(String.valueOf(e.getMessage())))
              .withHint("see " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
      return fail(problem, isClassic(e));
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
      return fail(problemOf(e), isClassic(command));
    }

    @Override
    public int execute(ParseResult parsed) {
      CommandLine root = parsed.commandSpec().commandLine();
      if (parsed.hasSubcommand() && isClassic(root)) {
        throw new ParameterException(
            parsed.subcommand().commandSpec().commandLine(),
            "options of the classic form cannot be used with a command");
      }
      return new CommandLine.RunLast().execute(parsed);
    }
  }

  /**
   * Reports that a signal stopped a run that had written nothing.
   *
   * @return the exit status
   */
  static int interrupted(boolean classic) {
    return fail(
        Problem.of(ProblemCode.RUN_INTERRUPTED, "interrupted by a signal, nothing was written"),
        classic);
  }

  private static String oneLine(String message) {
    return message.strip().replace('\n', ' ').replaceAll("\\.$", "");
  }

  /** The wrong option may be the first classic one: then none has a value yet. */
  private static boolean isClassic(ParameterException e) {
    CommandLine commandLine = e.getCommandLine();
    return commandLine.getCommand() instanceof DmMerge
        && (isClassic(commandLine)
            || (e instanceof CommandLine.MissingParameterException missing
                && missing.getMissing().stream()
                    .anyMatch(CommandLine.Model.OptionSpec.class::isInstance)));
  }

  private static boolean isClassic(CommandLine commandLine) {
    return commandLine.getCommand() instanceof DmMerge root && root.isClassic();
  }

  private static Problem problemOf(Throwable e) {
    if (e instanceof ProblemException known) {
      return known.problem();
    }
    console().trace(e);
    return Problem.of(ProblemCode.INTERNAL_BUG, "a bug in dm-merge: " + e);
  }

  private static Console console() {
    return new Console(System.err, ProgressStyle.none);
  }

  /**
   * Prints a problem on stderr, and as a document on stdout.
   *
   * @param classic no document: stdout may be piped into a shell
   */
  private static int fail(Problem problem, boolean classic) {
    boolean readerGone =
        problem.code() == ProblemCode.OUTPUT_STDOUT
            && Stdout.isReaderGone()
            && !StopSignals.instance().isHeld();
    if (readerGone) {
      return problem.code().exitStatus().status(); // the reader closed the pipe on purpose
    }
    console().error(problem);
    if (!classic) {
      try {
        Documents.write(problem, Stdout.stream());
      } catch (ProblemException e) {
        // stdout failed: only stderr and the exit status are left.
        return ProblemCode.OUTPUT_STDOUT.exitStatus().status();
      }
    }
    return problem.code().exitStatus().status();
  }
}

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

/** One run of the program, and the one place where every failure becomes an exit status. */
final class CommandLineRun {
  private CommandLineRun() {}

  /** Returns the exit status. */
  static int run(String[] args) {
    // What picocli looks for at each start, though nobody here uses it: Groovy, in every jar, and
    // methods of Java's types that make values of words.
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
      return fail(noCommand(args[0]), false);
    }
    if (command.opensDevices()) {
      DevicePreloader.begin();
    }
    // It is set up alone: a run does not wait for the other commands.
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

  private static Problem noCommand(String typed) {
    String meant = NearestCommand.to(typed);
    String question = meant == null ? "" : "; did you mean " + meant + "?";
    return Problem.of(ProblemCode.USAGE, "there is no command '" + typed + "'" + question);
  }

  private static int run(CommandLine commandLine, String[] args) {
    commandLine.setCaseInsensitiveEnumValuesAllowed(false);
    commandLine.setExpandAtFiles(false);
    // -vd is -v -d; -o FILE takes its value from the same or the next word.
    commandLine.setPosixClusteredShortOptionsAllowed(true);
    Handlers handlers = new Handlers();
    commandLine.setParameterExceptionHandler(handlers);
    commandLine.setExecutionExceptionHandler(handlers);
    commandLine.setExecutionStrategy(handlers);
    // Help and version: picocli does not notice when they cannot be written.
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
      // A class that cannot be initialized: a damaged image, an architecture that nobody knows.
      Throwable cause = e.getCause() != null ? e.getCause() : e;
      return fail(problemOf(cause), isClassic(commandLine));
    }
  }

  /** No lambdas: those of picocli's types keep picocli out of a class-data sharing archive. */
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
            "options of the classic form do not go with a command");
      }
      return new CommandLine.RunLast().execute(parsed);
    }
  }

  /**
   * Tells that a signal ended a run that had written nothing.
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

  /** What is wrong may be the first classic option itself: then none has a value yet. */
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
   * Tells people and programs.
   *
   * @param classic its stdout may be piped into a shell: no JSON there
   */
  private static int fail(Problem problem, boolean classic) {
    boolean readerGone =
        problem.code() == ProblemCode.OUTPUT_STDOUT
            && Stdout.isReaderGone()
            && !StopSignals.instance().isHeld();
    if (readerGone) {
      return problem.code().exitStatus().status(); // who closed it does not want to know
    }
    console().error(problem);
    if (!classic) {
      try {
        Documents.write(problem, Stdout.stream());
      } catch (ProblemException e) {
        // stdout is gone; the line on stderr and the exit status are what is left.
        return ProblemCode.OUTPUT_STDOUT.exitStatus().status();
      }
    }
    return problem.code().exitStatus().status();
  }
}

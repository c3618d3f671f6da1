package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.json.Tool;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dm-merge}: the commands, and the classic form with the options of the C tool. */
@Command(
    name = "dm-merge",
    subcommands = {
      PlanCommand.class,
      ApplyCommand.class,
      VerifyCommand.class,
      CheckCommand.class,
      AuditCommand.class,
      SchemaCommand.class
    },
    mixinStandardHelpOptions = true,
    versionProvider = DmMerge.Version.class,
    sortOptions = false,
    customSynopsis = {
      "dm-merge plan|apply|verify JOB [OPTIONS]",
      "       dm-merge check STORE | audit LOG | schema NAME",
      "       dm-merge -i STORE [-o ORIGIN] [-f] [-x] [-d] [-D] [-v]..."
    },
    header = {"Reverts a block device to its device-mapper snapshot, or commits the snapshot.", ""},
    optionListHeading = "%nThe classic form (readable text; a dry run without -f):%n",
    commandListHeading = "%nCommands (one JSON document on stdout):%n",
    footer = {
      "",
      "Examples:",
      "  echo '{\"input\": \"/dev/mapper/snap-cow\", \"output\": \"/dev/mapper/origin\"}' > job.json",
      "  dm-merge plan job.json -o plan.json    what would change, chunk by chunk",
      "  dm-merge apply job.json                do it, if the job says \"force\": true",
      "  dm-merge verify job.json               is it done?",
      "  dm-merge -i snap-cow -o origin -vd     print the dd lines",
      "",
      "Exit statuses:",
      "   0  done, or nothing to do",
      "   2  differences (verify, plan --detailed-exitcode)",
      "  64  the command line is wrong",
      "  65  the store, the job or the approved plan is malformed, the audit log is broken",
      "  66  a path does not exist, or is no device or file",
      "  69  no Java to run with",
      "  70  a bug",
      "  73  an output file cannot be made",
      "  74  I/O error",
      "  75  busy or interrupted: run it again",
      "  77  not permitted",
      "  78  the job, the approved plan, the undo file or a guard forbids it (mounted, swap, in",
      "      use, read-only, same device, stale)"
    })
final class DmMerge implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "-i",
      paramLabel = "STORE",
      description = "The snapshot's copy-on-write device, or a file that holds its bytes.")
  private @Nullable String input;

  @Option(
      names = "-o",
      paramLabel = "ORIGIN",
      description = "The device that was snapshotted. Without it only the table is read.")
  private @Nullable String output;

  @Option(names = "-f", description = "Really write.")
  private boolean force;

  @Option(names = "-x", description = "Relaxed: a cache flush that fails is a warning.")
  private boolean relaxed;

  @Option(names = "-d", description = "Print the dd lines, and nothing else, on stdout.")
  private boolean ddLines;

  @Option(names = "-D", description = "Read and write with O_DIRECT, where it can be had.")
  private boolean direct;

  @Option(names = "-v", description = "Say more; -vv names every exception.")
  private boolean[] verbose = {};

  /** Whether the classic form was asked for: any of its options was given. */
  boolean isClassic() {
    return input != null
        || output != null
        || force
        || relaxed
        || ddLines
        || direct
        || verbose.length > 0;
  }

  @Override
  public Integer call() {
    if (input == null) {
      throw new ParameterException(
          spec.commandLine(), isClassic() ? "-i STORE is missing" : "a command is missing");
    }
    if (force && output == null) {
      throw new ParameterException(spec.commandLine(), "-f needs -o ORIGIN");
    }
    StopSignals.instance().keepStdout();
    Job job = Job.plain(input, output, direct, relaxed, force);
    try (RunContext context = RunContext.create(ProgressStyle.auto, List.of())) {
      return new ClassicRun(context, job, verbose.length, ddLines).run();
    }
  }

  /** What {@code --version} prints. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {Tool.NAME + " " + Tool.version()};
    }
  }
}

package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.cli.progress.ProgressStyle;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.json.Tool;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Range;

/** {@code dm-merge}: the commands, and the classic form with the options of the C tool. */
final class DmMerge implements Command {
  private static final String FOOTER =
      """

      Examples:
        echo '{"input": "/dev/mapper/cow", "output": "/dev/mapper/origin"}' > job.json
        dm-merge plan job.json -o plan.json    what would change, chunk by chunk
        dm-merge apply job.json                do it, if the job says "force": true
        dm-merge verify job.json               is it done?
        dm-merge -i snap-cow -o origin -vd     print the dd lines

      Exit statuses:
         0  done, or nothing to do
         2  differences (verify, plan --detailed-exitcode), or no proof (audit --plan)
        64  the command line is wrong
        65  the store, the job or the approved plan is malformed, the audit log is broken
        66  a path does not exist, or is no device or file
        69  no Java to run with, or too little memory or files allowed (ulimit)
        70  a bug
        73  an output file cannot be made
        74  I/O error
        75  busy or interrupted: run it again
        77  not permitted
        78  the job, the approved plan, the undo file or a guard forbids it (mounted, swap, in
            use, read-only, same device, stale)""";

  private final TextOption input =
      TextOption.of(
          "-i", "STORE", "The snapshot's copy-on-write device, or a file that holds its bytes.");
  private final TextOption output =
      TextOption.of(
          "-o", "ORIGIN", "The device that was snapshotted. Without it only the table is read.");
  private final Flag force = Flag.of("-f", "Really write.");
  private final Flag relaxed = Flag.of("-x", "Relaxed: a cache flush that fails is a warning.");
  private final Flag ddLines = Flag.of("-d", "Print the dd lines, and nothing else, on stdout.");
  private final Flag direct = Flag.of("-D", "Read and write with O_DIRECT, where it can be had.");

  /** It takes no value of its own, but {@code -v=true} is as good as that of a flag. */
  private final OptionSpec verbose =
      OptionSpec.builder("-v")
          .type(boolean[].class)
          .arity(Range.valueOf("0").unspecified(true))
          .description("Name the devices, their sizes and the chunk size; -vv every exception too.")
          .build();

  /** With all commands: help lists them, and {@code -f plan} is told apart from a wrong word. */
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Commands.spec(
            Tool.NAME,
            this,
            input.spec(),
            output.spec(),
            force.spec(),
            relaxed.spec(),
            ddLines.spec(),
            direct.spec(),
            verbose);
    for (String name : Commands.NAMES) {
      spec.addSubcommand(name, Objects.requireNonNull(Commands.named(name)).spec());
    }
    spec.usageMessage()
        .sortOptions(false)
        .customSynopsis(
            "dm-merge plan|apply|verify JOB [OPTIONS]",
            "       dm-merge check STORE | audit LOG | schema NAME | help [COMMAND]",
            "       dm-merge -i STORE [-o ORIGIN] [-f] [-x] [-d] [-D] [-v]...")
        .header(
            "Reverts a block device to its device-mapper snapshot, or commits the snapshot.", "")
        .optionListHeading("%nThe classic form (readable text; a dry run without -f):%n")
        .commandListHeading("%nCommands (one JSON document on stdout):%n")
        .footer(FOOTER.split("\n", -1));
    return spec;
  }

  /** Whether the classic form was asked for: any of its options was given. */
  boolean isClassic() {
    return input.value() != null
        || output.value() != null
        || force.isGiven()
        || relaxed.isGiven()
        || ddLines.isGiven()
        || direct.isGiven()
        || verbosity() > 0;
  }

  private int verbosity() {
    boolean[] given = verbose.getValue();
    return given == null ? 0 : given.length;
  }

  @Override
  public Integer call() {
    String store = input.value();
    String origin = output.value();
    if (store == null) {
      throw wrong(isClassic() ? "-i STORE is missing" : "a command is missing");
    }
    if (force.isGiven() && origin == null) {
      throw wrong("-f needs -o ORIGIN");
    }
    StopSignals.instance().keepStdout();
    Job job = Job.plain(store, origin, direct.isGiven(), relaxed.isGiven(), force.isGiven());
    try (RunContext context = RunContext.create(ProgressStyle.auto, List.of())) {
      return new ClassicRun(context, job, verbosity(), ddLines.isGiven()).run();
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(verbose.command().commandLine(), message);
  }
}

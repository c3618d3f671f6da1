package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.cli.progress.ProgressStyle;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.json.Tool;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Range;

/** {@code dm-merge}: the commands, and the classic form with the options of the C tool. */
final class DmMerge implements Command {
  private static final String FOOTER =
      """

      Examples:
        echo '{"input": "/dev/mapper/cow", "output": "/dev/mapper/origin"}' > job.json
        dm-merge plan job.json -o plan.json    what would change, chunk by chunk
        dm-merge apply job.json                write it, if the job says "force": true
        dm-merge verify job.json               compare the origin with the store
        dm-merge -i snap-cow -o origin -vd     print the dd lines

      Exit statuses:
         0  done, or nothing to do
         2  differences (verify, plan --detailed-exitcode), or no proof (audit --plan)
        64  the command line is wrong
        65  the store, the job or the approved plan is malformed, the audit log is broken
        66  a path does not exist, or is not a device or file
        69  no Java to run with, or too little memory or files allowed (ulimit)
        70  a bug
        73  an output file cannot be created
        74  I/O error
        75  busy or interrupted: run again
        77  not permitted
        78  the job, the approved plan, the undo file or a guard forbids it (mounted, swap, in
            use, read-only, same device, stale)""";

  private final Argument input =
      Argument.text(
          "-i", "STORE", "The snapshot's copy-on-write device, or a file that holds its bytes.");
  private final Argument output =
      Argument.text(
          "-o", "ORIGIN", "The device that was snapshotted. Without it, only the table is read.");
  private final Argument force = Argument.flag("-f", "Write. Without it: a dry run.");
  private final Argument relaxed =
      Argument.flag("-x", "Relaxed: treat a failed cache flush as a warning.");
  private final Argument ddLines = Argument.flag("-d", "Print only the dd lines on stdout.");
  private final Argument direct = Argument.flag("-D", "Use O_DIRECT where it is available.");

  /** Arity 0, but {@code -v=true} is accepted as for a flag. */
  private final Argument verbose =
      Argument.option(
          OptionSpec.builder("-v")
              .type(boolean[].class)
              .arity(Range.valueOf("0").unspecified(true)),
          "Print the devices, their sizes and the chunk size; -vv every exception too.");

  /**
   * Includes the commands, so that help lists them and {@code -f plan} is recognized as an error.
   */
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Commands.spec(Tool.NAME, this, input, output, force, relaxed, ddLines, direct, verbose);
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

  /** True if any option of the classic form was given. */
  boolean isClassic() {
    return input.text() != null
        || output.text() != null
        || force.isGiven()
        || relaxed.isGiven()
        || ddLines.isGiven()
        || direct.isGiven()
        || verbosity() > 0;
  }

  private int verbosity() {
    boolean[] given = verbose.spec().getValue();
    return given == null ? 0 : given.length;
  }

  @Override
  public Integer call() {
    String store = input.text();
    String origin = output.text();
    if (store == null) {
      throw input.wrong(isClassic() ? "-i STORE is missing" : "a command is missing");
    }
    if (force.isGiven() && origin == null) {
      throw input.wrong("-f needs -o ORIGIN");
    }
    StopSignals.instance().keepStdout();
    Job job = Job.plain(store, origin, direct.isGiven(), relaxed.isGiven(), force.isGiven());
    try (RunContext context = RunContext.create(ProgressStyle.auto, List.of())) {
      return new ClassicRun(context, job, verbosity(), ddLines.isGiven()).run();
    }
  }
}

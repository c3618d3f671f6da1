package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.cli.output.DocumentOutput;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.json.PlanWriter;
import io.github.dmtools.dmmerge.plan.PlanDepth;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.problem.ExitStatus;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code dm-merge plan JOB}. */
final class PlanCommand implements Command {
  private final Argument job = Argument.job();
  private final Argument metadataOnly =
      Argument.flag("--metadata-only", "Read only the table: fast; states and digests are null.");
  private final Argument detailedExitcode =
      Argument.flag(
          "--detailed-exitcode", "Exit with 2 if a chunk is pending, else 0. Needs an output.");
  private final OutputOption output = new OutputOption();
  private final Argument progress = Argument.progress();

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Commands.spec(
            "plan",
            this,
            job,
            metadataOnly,
            detailedExitcode,
            output.file(),
            output.overwrite(),
            progress);
    spec.usageMessage()
        .description("Show what the store would change in the origin. Read-only. Prints a plan.")
        .footer(
            "",
            "Example: the dd lines of a plan",
            "  dm-merge plan job.json | jq -r '.exceptions[].dd'");
    return spec;
  }

  @Override
  public Integer call() {
    if (detailedExitcode.isGiven() && metadataOnly.isGiven()) {
      throw undecided(null, "--metadata-only does not compare", "leave out --metadata-only");
    }
    Job read = JobSource.read(job.required());
    if (detailedExitcode.isGiven() && read.output() == null) {
      throw undecided("/output", "the job names no output", "name the origin as \"output\"");
    }
    boolean makesExpected = JobSource.expects(read, output.files());
    try (RunContext context = RunContext.create(progress.style(), output.files());
        DocumentOutput document =
            output.open(
                JobSource.inUse(job.required(), makesExpected ? read.withoutExpect() : read))) {
      PlanDepth depth = metadataOnly.isGiven() ? PlanDepth.TABLE : PlanDepth.DIGEST;
      PlanTotals totals =
          context.merge().plan(read, depth, new PlanWriter(document.stream()), !makesExpected);
      document.commit();
      boolean different = detailedExitcode.isGiven() && totals.pending() > 0;
      return (different ? ExitStatus.DIFFERENT : ExitStatus.OK).status();
    }
  }

  /**
   * Without a comparison it is unknown whether a chunk is pending: exit status 0 would be wrong.
   */
  private static ProblemException undecided(@Nullable String pointer, String why, String hint) {
    String message = "--detailed-exitcode needs the states of the chunks, and " + why;
    return new ProblemException(
        new Problem(ProblemCode.USAGE, message, null, pointer, null, null)
            .withHint(hint + ", or leave out --detailed-exitcode"));
  }
}

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
  private final Flag metadataOnly =
      Flag.of("--metadata-only", "Read the table alone: quick; states and digests are null.");
  private final Flag detailedExitcode =
      Flag.of(
          "--detailed-exitcode",
          "Exit with 2 if something is pending, with 0 if nothing is. Needs an output.");
  private final OutputOption output = new OutputOption();
  private final ProgressOption progress = new ProgressOption();

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Commands.spec(
            "plan",
            this,
            job.spec(),
            metadataOnly.spec(),
            detailedExitcode.spec(),
            output.spec(),
            output.overwriteSpec(),
            progress.spec());
    spec.usageMessage()
        .description("Say what the store would change in the origin. Read-only. Prints a plan.")
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
    Job read = JobSource.read(job.value());
    if (detailedExitcode.isGiven() && read.output() == null) {
      throw undecided("/output", "the job names no output", "name the origin as \"output\"");
    }
    boolean makesExpected = JobSource.expects(read, output.files());
    try (RunContext context = progress.context(output.files());
        DocumentOutput document =
            output.open(
                JobSource.inUse(job.value(), makesExpected ? read.withoutExpect() : read))) {
      PlanDepth depth = metadataOnly.isGiven() ? PlanDepth.TABLE : PlanDepth.DIGEST;
      PlanTotals totals =
          context.merge().plan(read, depth, new PlanWriter(document.stream()), !makesExpected);
      document.commit();
      boolean different = detailedExitcode.isGiven() && totals.pending() > 0;
      return (different ? ExitStatus.DIFFERENT : ExitStatus.OK).status();
    }
  }

  /** A plan that does not compare cannot say whether anything is pending: 0 would be untrue. */
  private static ProblemException undecided(@Nullable String pointer, String why, String hint) {
    String message = "--detailed-exitcode needs the states of the chunks, and " + why;
    return new ProblemException(
        new Problem(ProblemCode.USAGE, message, null, pointer, null, null)
            .withHint(hint + ", or leave out --detailed-exitcode"));
  }
}

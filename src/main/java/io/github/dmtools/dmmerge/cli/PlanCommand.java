package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.json.PlanWriter;
import io.github.dmtools.dmmerge.plan.PlanDepth;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.problem.ExitStatus;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dm-merge plan JOB}. */
@Command(
    name = "plan",
    description = "Say what the store would change in the origin. Read-only. Prints a plan.",
    mixinStandardHelpOptions = true,
    versionProvider = DmMerge.Version.class,
    footer = {
      "",
      "Example: the dd lines of a plan",
      "  dm-merge plan job.json | jq -r '.exceptions[].dd'"
    })
final class PlanCommand implements Callable<Integer> {
  @Parameters(paramLabel = "JOB", description = "The job: a file, or - for standard input.")
  private String job = "";

  @Option(
      names = "--metadata-only",
      description = "Read the table alone: quick; states and digests are null.")
  private boolean metadataOnly;

  @Option(
      names = "--detailed-exitcode",
      description = "Exit with 2 if something is pending, with 0 if nothing is.")
  private boolean detailedExitcode;

  @Mixin private OutputOption output = new OutputOption();
  @Mixin private ProgressOption progress = new ProgressOption();

  @Override
  public Integer call() {
    Job read = JobSource.read(job);
    try (RunContext context = progress.context(output.files());
        DocumentOutput document = output.open(JobSource.inUse(job, read))) {
      PlanDepth depth = metadataOnly ? PlanDepth.TABLE : PlanDepth.DIGEST;
      PlanTotals totals = context.merge().plan(read, depth, new PlanWriter(document.stream()));
      document.commit();
      boolean different = detailedExitcode && totals.pending() > 0;
      return (different ? ExitStatus.DIFFERENT : ExitStatus.OK).status();
    }
  }
}

package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.cli.output.DocumentOutput;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.json.Documents;
import io.github.dmtools.dmmerge.problem.ExitStatus;
import io.github.dmtools.dmmerge.report.Report;
import picocli.CommandLine.Model.CommandSpec;

/** {@code dm-merge verify JOB}. */
final class VerifyCommand implements Command {
  private final Argument job = Argument.job();
  private final OutputOption output = new OutputOption();
  private final Argument mappings = Argument.maxMappings();
  private final Argument progress = Argument.progress();

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Commands.spec("verify", this, job, output.file(), output.overwrite(), mappings, progress);
    spec.usageMessage()
        .description(
            "Check whether the origin matches the store: exit 0 yes, 2 no. Read-only.",
            "Prints a report.");
    return spec;
  }

  @Override
  public Integer call() {
    int limit = mappings.limit();
    Job read = JobSource.read(job.required());
    try (RunContext context = RunContext.create(progress.style(), output.files());
        DocumentOutput document = output.open(JobSource.inUse(job.required(), read))) {
      Report report = context.merge().verify(read, limit);
      Documents.write(report, document.stream());
      document.commit();
      boolean same = report.status() == Report.Status.UNCHANGED;
      return (same ? ExitStatus.OK : ExitStatus.DIFFERENT).status();
    }
  }
}

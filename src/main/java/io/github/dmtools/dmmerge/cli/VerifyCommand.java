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
  private final MappingsOption mappings = new MappingsOption();
  private final ProgressOption progress = new ProgressOption();

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Commands.spec(
            "verify",
            this,
            job.spec(),
            output.spec(),
            output.overwriteSpec(),
            mappings.spec(),
            progress.spec());
    spec.usageMessage()
        .description(
            "Say whether the origin holds what the store says: exit 0 yes, 2 no. Read-only.",
            "Prints a report.");
    return spec;
  }

  @Override
  public Integer call() {
    Job read = JobSource.read(job.value());
    try (RunContext context = progress.context(output.files());
        DocumentOutput document = output.open(JobSource.inUse(job.value(), read))) {
      Report report = context.merge().verify(read, mappings.limit());
      Documents.write(report, document.stream());
      document.commit();
      boolean same = report.status() == Report.Status.UNCHANGED;
      return (same ? ExitStatus.OK : ExitStatus.DIFFERENT).status();
    }
  }
}

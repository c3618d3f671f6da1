package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.json.Documents;
import io.github.dmtools.dmmerge.merge.Report;
import io.github.dmtools.dmmerge.problem.ExitStatus;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code dm-merge verify JOB}. */
@Command(
    name = "verify",
    description = {
      "Say whether the origin holds what the store says: exit 0 yes, 2 no. Read-only.",
      "Prints a report."
    },
    mixinStandardHelpOptions = true,
    versionProvider = DmMerge.Version.class)
final class VerifyCommand implements Callable<Integer> {
  @Parameters(paramLabel = "JOB", description = "The job: a file, or - for standard input.")
  private String job = "";

  @Mixin private OutputOption output = new OutputOption();
  @Mixin private MappingsOption mappings = new MappingsOption();
  @Mixin private ProgressOption progress = new ProgressOption();

  @Override
  public Integer call() {
    Job read = JobSource.read(job);
    try (RunContext context = progress.context(output.files());
        DocumentOutput document = output.open(JobSource.inUse(job, read))) {
      Report report = context.merge().verify(read, mappings.limit());
      Documents.write(report, document.stream());
      document.commit();
      boolean same = report.status() == Report.Status.UNCHANGED;
      return (same ? ExitStatus.OK : ExitStatus.DIFFERENT).status();
    }
  }
}

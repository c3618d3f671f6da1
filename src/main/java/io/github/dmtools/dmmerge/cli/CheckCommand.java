package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.json.Documents;
import io.github.dmtools.dmmerge.merge.CheckReport;
import io.github.dmtools.dmmerge.problem.ExitStatus;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code dm-merge check STORE}. */
@Command(
    name = "check",
    description = {
      "Hold a store against every rule of its format: exit 0 sound, 65 not. Read-only.",
      "Prints a check."
    },
    mixinStandardHelpOptions = true,
    versionProvider = DmMerge.Version.class)
final class CheckCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "STORE",
      description = "The copy-on-write device, or a file that holds its bytes.")
  private String store = "";

  @Mixin private OutputOption output = new OutputOption();

  @Override
  public Integer call() {
    try (RunContext context = RunContext.create(ProgressStyle.none, output.files());
        DocumentOutput document = output.open(List.of(store))) {
      CheckReport report = context.merge().check(store);
      Documents.write(report, document.stream());
      document.commit();
      if (report.check().sound()) {
        return ExitStatus.OK.status();
      }
      long more = report.check().findings().size() - 1 + report.check().findingsOmitted();
      context
          .console()
          .say(
              "dm-merge: "
                  + report.check().findings().get(0).message()
                  + (more == 0 ? "" : "; and " + more + " more findings"));
      return ExitStatus.MALFORMED.status();
    }
  }
}

package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.cli.output.DocumentOutput;
import io.github.dmtools.dmmerge.cli.progress.ProgressStyle;
import io.github.dmtools.dmmerge.json.Documents;
import io.github.dmtools.dmmerge.problem.ExitStatus;
import io.github.dmtools.dmmerge.report.CheckReport;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** {@code dm-merge check STORE}. */
final class CheckCommand implements Command {
  private final Argument store =
      Argument.positional("STORE", "The copy-on-write device, or a file that holds its bytes.");
  private final OutputOption output = new OutputOption();

  @Override
  public CommandSpec spec() {
    CommandSpec spec = Commands.spec("check", this, store, output.file(), output.overwrite());
    spec.usageMessage()
        .description(
            "Check a store against every rule of its format: exit 0 sound, 65 unsound. Read-only.",
            "Prints a check.");
    return spec;
  }

  @Override
  public Integer call() {
    try (RunContext context = RunContext.create(ProgressStyle.none, output.files());
        DocumentOutput document = output.open(List.of(store.required()))) {
      CheckReport report = context.merge().check(store.required());
      Documents.write(report, document.stream());
      document.commit();
      if (report.check().sound()) {
        return ExitStatus.OK.status();
      }
      long more = report.check().findings().size() - 1 + report.check().findingsOmitted();
      context
          .console()
          .println(
              "dm-merge: "
                  + report.check().findings().get(0).message()
                  + (more == 0 ? "" : "; and " + more + " more findings"));
      return ExitStatus.MALFORMED.status();
    }
  }
}

package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.audit.AuditCheck;
import io.github.dmtools.dmmerge.audit.AuditReport;
import io.github.dmtools.dmmerge.json.AuditLines;
import io.github.dmtools.dmmerge.json.Documents;
import io.github.dmtools.dmmerge.linux.RegularFile;
import io.github.dmtools.dmmerge.problem.ExitStatus;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** {@code dm-merge audit LOG}. */
final class AuditCommand implements Command {
  private final Argument log = Argument.of("LOG", "The audit log.");
  private final OutputOption output = new OutputOption();

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Commands.spec("audit", this, log.spec(), output.spec(), output.overwriteSpec());
    spec.usageMessage()
        .description(
            "Hold an audit log against its chain: exit 0 good, 65 broken. Lists its runs."
                + " Read-only.",
            "Prints an audit. Lines that were cut off the end leave no trace: compare the head"
                + " with the",
            "one that the last run's report carries.");
    return spec;
  }

  @Override
  public Integer call() {
    Console console = new Console(System.err, ProgressStyle.none);
    try (DocumentOutput document = output.open(List.of(log.value()))) {
      Instant now = Instant.now();
      AuditReport report = check(log.value());
      Documents.write(report, now, document.stream());
      document.commit();
      report.warnings().forEach(console::warn);
      if (report.good()) {
        return ExitStatus.OK.status();
      }
      long more = report.findings().size() - 1 + report.findingsOmitted();
      console.say(
          "dm-merge: "
              + report.path()
              + ": "
              + report.findings().get(0).message()
              + (more == 0 ? "" : "; and " + more + " more findings"));
      return ExitStatus.MALFORMED.status();
    }
  }

  private static AuditReport check(String name) {
    Path named = path(name);
    try (RegularFile file = DevicesAhead.get().openRegular(name)) {
      return AuditCheck.of(named, file.openable(), new AuditLines());
    }
  }

  private static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new ProblemException(
          Problem.at(ProblemCode.PATH_MISSING, name, "there is no path " + name), e);
    }
  }
}

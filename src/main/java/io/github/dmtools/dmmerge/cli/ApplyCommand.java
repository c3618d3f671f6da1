package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.cli.output.CommittedPlan;
import io.github.dmtools.dmmerge.cli.output.DocumentOutput;
import io.github.dmtools.dmmerge.cli.output.FileDocument;
import io.github.dmtools.dmmerge.cli.output.Stdout;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.json.Documents;
import io.github.dmtools.dmmerge.json.PlanWriter;
import io.github.dmtools.dmmerge.problem.ExitStatus;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.report.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;

/** {@code dm-merge apply JOB}. */
final class ApplyCommand implements Command {
  /** The names of stdout, where the report goes without {@code -o}. */
  private static final Set<String> STDOUT = Set.of("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1");

  private final Argument job = Argument.job();
  private final Argument planOut =
      Argument.text("--plan-out", "FILE", "Also write the plan, as it was before the first write.");
  private final OutputOption output = new OutputOption();
  private final Argument mappings = Argument.maxMappings();
  private final Argument progress = Argument.progress();

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Commands.spec(
            "apply", this, job, planOut, output.file(), output.overwrite(), mappings, progress);
    spec.usageMessage()
        .description(
            "Write the store's chunks to the origin if the job says \"force\": true;"
                + " otherwise a dry run.",
            "Prints a report. Running it again changes nothing.");
    return spec;
  }

  @Override
  public Integer call() {
    int limit = mappings.limit();
    Job read = JobSource.read(job.required());
    String planFile = planOut.text();
    List<String> files = new ArrayList<>(output.files());
    if (planFile != null) {
      if (STDOUT.contains(planFile) && output.files().isEmpty()) {
        throw new ProblemException(
            Problem.of(
                ProblemCode.USAGE,
                "stdout takes one document: write the report to a file with -o"));
      }
      files.add(planFile);
    }
    try (RunContext context = RunContext.create(progress.style(), files);
        DocumentOutput document = output.open(JobSource.inUse(job.required(), read))) {
      Report report =
          planFile == null
              ? context.merge().apply(read, limit, null)
              : applyWithPlan(context, read, limit, planFile);
      context.console().finish();
      return deliver(report, document, context.console());
    }
  }

  private List<String> planMustNotReplace(Job read) {
    List<String> paths = new ArrayList<>(JobSource.inUse(job.required(), read));
    paths.addAll(output.files());
    return paths;
  }

  /** A full disk must not lose the report of what was written: it then goes to stdout. */
  private static int deliver(Report report, DocumentOutput document, Console console) {
    try {
      Documents.write(report, document.stream());
      document.commit();
    } catch (ProblemException e) {
      if (e.problem().code() == ProblemCode.OUTPUT_STDOUT) {
        throw e;
      }
      Documents.write(report, Stdout.stream());
      Problem problem = e.problem();
      console.error(problem);
      status(report, console);
      return problem.code().exitStatus().status();
    }
    return status(report, console);
  }

  private Report applyWithPlan(RunContext context, Job read, int limit, String planFile) {
    try (DocumentOutput plan =
        new FileDocument(planFile, planMustNotReplace(read), output.overwrites())) {
      return context
          .merge()
          .apply(read, limit, new CommittedPlan(new PlanWriter(plan.stream()), plan));
    }
  }

  private static int status(Report report, Console console) {
    Problem problem = report.problem();
    if (problem == null) {
      return ExitStatus.OK.status();
    }
    console.error(problem);
    return problem.code().exitStatus().status();
  }
}

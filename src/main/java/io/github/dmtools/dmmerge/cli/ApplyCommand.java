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
  /** Where the report goes without {@code -o}, by its names. */
  private static final Set<String> STDOUT = Set.of("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1");

  private final Argument job = Argument.job();
  private final TextOption planOut =
      TextOption.of("--plan-out", "FILE", "Keep the plan too, as it was before the first write.");
  private final OutputOption output = new OutputOption();
  private final MappingsOption mappings = new MappingsOption();
  private final ProgressOption progress = new ProgressOption();

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Commands.spec(
            "apply",
            this,
            job.spec(),
            planOut.spec(),
            output.spec(),
            output.overwriteSpec(),
            mappings.spec(),
            progress.spec());
    spec.usageMessage()
        .description(
            "Put the store's chunks into the origin, if the job says \"force\": true;"
                + " else a dry run.",
            "Prints a report. Running it again changes nothing.");
    return spec;
  }

  @Override
  public Integer call() {
    Job read = JobSource.read(job.value());
    String planFile = planOut.value();
    List<String> preallocatedFiles = new ArrayList<>(output.files());
    if (planFile != null) {
      if (STDOUT.contains(planFile) && output.files().isEmpty()) {
        throw new ProblemException(
            Problem.of(
                ProblemCode.USAGE, "stdout takes one document: name a file for the report by -o"));
      }
      preallocatedFiles.add(planFile);
    }
    try (RunContext context = progress.context(preallocatedFiles);
        DocumentOutput document = output.open(JobSource.inUse(job.value(), read))) {
      Report report =
          planFile == null ? apply(context, read) : applyWithPlan(context, read, planFile);
      context.console().finish();
      return deliver(report, document, context.console());
    }
  }

  private List<String> planMustNotReplace(Job read) {
    List<String> paths = new ArrayList<>(JobSource.inUse(job.value(), read));
    paths.addAll(output.files());
    return paths;
  }

  /** What was done to the origin must not get lost because a disk is full: stdout then has it. */
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

  private Report apply(RunContext context, Job read) {
    return context.merge().apply(read, mappings.limit(), null);
  }

  private Report applyWithPlan(RunContext context, Job read, String planFile) {
    try (DocumentOutput plan =
        new FileDocument(planFile, planMustNotReplace(read), output.overwrites())) {
      return context
          .merge()
          .apply(read, mappings.limit(), new CommittedPlan(new PlanWriter(plan.stream()), plan));
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

package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.json.Documents;
import io.github.dmtools.dmmerge.json.PlanWriter;
import io.github.dmtools.dmmerge.merge.Report;
import io.github.dmtools.dmmerge.problem.ExitStatus;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dm-merge apply JOB}. */
@Command(
    name = "apply",
    description = {
      "Put the store's chunks into the origin, if the job says \"force\": true; else a dry run.",
      "Prints a report. Running it again changes nothing."
    },
    mixinStandardHelpOptions = true,
    versionProvider = DmMerge.Version.class)
final class ApplyCommand implements Callable<Integer> {
  @Parameters(paramLabel = "JOB", description = "The job: a file, or - for standard input.")
  private String job = "";

  @Option(
      names = "--plan-out",
      paramLabel = "FILE",
      description = "Keep the plan too, as it was before the first write.")
  private @Nullable String planOut;

  @Mixin private OutputOption output = new OutputOption();
  @Mixin private MappingsOption mappings = new MappingsOption();
  @Mixin private ProgressOption progress = new ProgressOption();

  @Override
  public Integer call() {
    Job read = JobSource.read(job);
    List<String> ownFiles = new ArrayList<>(output.files());
    if (planOut != null) {
      ownFiles.add(planOut);
    }
    try (RunContext context = progress.context(ownFiles);
        DocumentOutput document = output.open(JobSource.inUse(job, read))) {
      Report report =
          planOut == null ? apply(context, read) : applyWithPlan(context, read, planOut);
      context.console().finish();
      return deliver(report, document, context.console());
    }
  }

  private List<String> planMustNotReplace(Job read) {
    List<String> paths = new ArrayList<>(JobSource.inUse(job, read));
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
    try (DocumentOutput plan = new FileDocument(planFile, planMustNotReplace(read))) {
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

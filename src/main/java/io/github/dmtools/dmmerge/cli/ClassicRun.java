package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.apply.Counts;
import io.github.dmtools.dmmerge.apply.FailedRange;
import io.github.dmtools.dmmerge.cli.output.Stdout;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.plan.PlanDepth;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.problem.ExitStatus;
import io.github.dmtools.dmmerge.problem.Printable;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.report.Report;
import io.github.dmtools.dmmerge.text.Bytes;
import io.github.dmtools.dmmerge.text.ClassicText;
import java.io.BufferedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Runs the classic form, which prints text. With {@code -d} the text goes to stderr. */
final class ClassicRun {
  private final RunContext context;
  private final Job job;
  private final int verbosity;
  private final boolean ddLines;
  private final PrintStream stdout;

  ClassicRun(RunContext context, Job job, int verbosity, boolean ddLines) {
    this.context = context;
    this.job = job;
    this.verbosity = verbosity;
    this.ddLines = ddLines;
    this.stdout =
        new PrintStream(new BufferedOutputStream(Stdout.stream()), false, StandardCharsets.UTF_8);
  }

  /** Returns the exit status. */
  int run() {
    int status = job.force() ? apply() : plan();
    stdout.flush();
    return status;
  }

  private int plan() {
    PlanDepth depth = job.output() == null || ddLines ? PlanDepth.TABLE : PlanDepth.COMPARE;
    PlanTotals totals = context.merge().plan(job, depth, text(), true);
    context.console().finish();
    println(summary(totals));
    return ExitStatus.OK.status();
  }

  private String summary(PlanTotals totals) {
    String all = totals.exceptions() + " exceptions, " + Bytes.forPeople(totals.bytes());
    if (!totals.compared()) {
      return all;
    }
    if (totals.pending() == 0) {
      return all + ": nothing to do";
    }
    return String.format(
        "%s: %d to write, %s; dry run, use -f to write",
        all, totals.pending(), Bytes.forPeople(totals.pendingBytes()));
  }

  private int apply() {
    boolean listing = ddLines || verbosity > 1;
    Report report = context.merge().apply(job, 0, listing ? text() : null);
    context.console().finish();
    if (verbosity > 0 && !listing) {
      // A listing has printed them already.
      text().devices(report.input(), report.output(), report.store());
    }
    Counts chunks = report.exceptions();
    println(
        String.format(
            "%d exceptions: %d written, %d unchanged, %d failed, %d pending; %s written in %.1f s",
            chunks.total(),
            chunks.written(),
            chunks.unchanged(),
            chunks.failed(),
            chunks.pending(),
            Bytes.forPeople(report.bytes().written()),
            report.seconds()));
    for (FailedRange failure : report.failures()) {
      println(
          String.format(
              "failed: %d bytes at byte %d of the origin: %s",
              failure.bytes(), failure.originOffset(), failure.problem().message()));
    }
    Problem problem = report.problem();
    if (problem == null) {
      return ExitStatus.OK.status();
    }
    context.console().error(problem);
    return problem.code().exitStatus().status();
  }

  private ClassicText text() {
    return new ClassicText(stdout, this::println, verbosity, ddLines);
  }

  private void println(String line) {
    if (ddLines) {
      context.console().println(line);
    } else {
      stdout.println(Printable.line(line));
    }
  }
}

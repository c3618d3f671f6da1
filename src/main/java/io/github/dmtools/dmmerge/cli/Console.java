package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.cli.progress.ProgressStyle;
import io.github.dmtools.dmmerge.cli.progress.ProgressView;
import io.github.dmtools.dmmerge.copy.Progress;
import io.github.dmtools.dmmerge.merge.RunListener;
import io.github.dmtools.dmmerge.problem.Printable;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.Warning;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;

/** Prints to stderr: warnings, progress, one line for an error. */
final class Console implements RunListener {
  private final PrintStream err;
  private final ProgressStyle style;
  private ProgressView view = ProgressView.SILENT;

  Console(PrintStream err, ProgressStyle style) {
    this.err = err;
    this.style = style;
  }

  @Override
  public void warn(Warning warning) {
    println("dm-merge: warning: " + warning.message());
  }

  @Override
  public Progress begin(String what, long bytes) {
    view.finish();
    view = style.view(err, what, bytes);
    return view;
  }

  void error(Problem problem) {
    println("dm-merge: " + problem.message() + "; " + problem.hint());
  }

  void println(String line) {
    view.clear();
    err.println(Printable.line(line));
  }

  /** Prints a stack trace, escaped: exception messages may contain file names. */
  void trace(Throwable e) {
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace));
    trace.toString().lines().forEach(this::traceLine);
  }

  private void traceLine(String line) {
    err.println(
        line.startsWith("\t") ? "\t" + Printable.line(line.substring(1)) : Printable.line(line));
  }

  /** Ends the progress display of the current pass. */
  void finish() {
    view.finish();
    view = ProgressView.SILENT;
  }

  @Override
  public void writing() {
    StopSignals.instance().hold();
  }
}

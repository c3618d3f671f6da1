package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.merge.RunListener;
import io.github.dmtools.dmmerge.plan.Progress;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.Warning;
import java.io.PrintStream;

/** What people are told, on stderr: warnings, progress, one line for an error. */
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
    view.clear();
    err.println("dm-merge: warning: " + warning.message());
  }

  @Override
  public Progress begin(String what, long bytes) {
    view.clear();
    view = style.view(err, what, bytes);
    return view;
  }

  void error(Problem problem) {
    view.clear();
    err.println("dm-merge: " + problem.message() + "; " + problem.code().hint());
  }

  void say(String line) {
    view.clear();
    err.println(line);
  }

  /** Nothing more will be heard of the pass. */
  void finish() {
    view.finish();
  }
}

package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.merge.RunListener;
import io.github.dmtools.dmmerge.plan.Progress;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.Warning;
import java.io.PrintStream;
import java.util.regex.Pattern;

/** What people are told, on stderr: warnings, progress, one line for an error. */
final class Console implements RunListener {
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private final PrintStream err;
  private final ProgressStyle style;
  private ProgressView view = ProgressView.SILENT;

  Console(PrintStream err, ProgressStyle style) {
    this.err = err;
    this.style = style;
  }

  @Override
  public void warn(Warning warning) {
    say("dm-merge: warning: " + warning.message());
  }

  @Override
  public Progress begin(String what, long bytes) {
    view.finish();
    view = style.view(err, what, bytes);
    return view;
  }

  void error(Problem problem) {
    say("dm-merge: " + problem.message() + "; " + problem.hint());
  }

  void say(String line) {
    view.clear();
    err.println(printable(line));
  }

  /** A file name may hold a line feed or an escape sequence; the terminal must not obey it. */
  private static String printable(String line) {
    return CONTROL
        .matcher(line)
        .replaceAll(c -> String.format("\\\\u%04x", (int) c.group().charAt(0)));
  }

  /** Nothing more will be heard of the pass. */
  void finish() {
    view.finish();
    view = ProgressView.SILENT;
  }

  @Override
  public void writing() {
    StopSignals.instance().hold();
  }
}

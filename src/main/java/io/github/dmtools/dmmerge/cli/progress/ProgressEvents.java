package io.github.dmtools.dmmerge.cli.progress;

import java.io.PrintStream;
import java.util.Locale;

/** One JSON object a line for programs, once a second and at the end. */
final class ProgressEvents implements ProgressView {
  private final PrintStream err;
  private final String what;
  private final Pace pace;

  ProgressEvents(PrintStream err, String what, long bytes) {
    this.err = err;
    this.what = what;
    this.pace = new Pace(bytes, 1000);
    print();
  }

  @Override
  public void advance(long bytes) {
    if (pace.advance(bytes)) {
      print();
    }
  }

  @Override
  public void finish() {
    print();
  }

  private void print() {
    err.printf(
        Locale.ROOT,
        "{\"event\":\"progress\",\"phase\":\"%s\",\"bytes\":%d,\"total_bytes\":%d,"
            + "\"seconds\":%.3f,\"bytes_per_second\":%d}%n",
        what,
        pace.done(),
        pace.total(),
        pace.seconds(),
        (long) pace.rate());
  }
}

package io.github.dmtools.dmmerge.cli.progress;

import java.io.PrintStream;
import java.util.Locale;

/** Prints one JSON object per line, once a second and at the end. */
final class ProgressEvents implements ProgressView {
  private final PrintStream err;
  private final String what;
  private final RateMeter meter;

  ProgressEvents(PrintStream err, String what, long bytes) {
    this.err = err;
    this.what = what;
    this.meter = new RateMeter(bytes, 1000);
    print();
  }

  @Override
  public void advance(long bytes) {
    if (meter.advance(bytes)) {
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
        meter.done(),
        meter.total(),
        meter.seconds(),
        (long) meter.rate());
  }
}

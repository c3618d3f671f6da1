package io.github.dmtools.dmmerge.cli.progress;

import io.github.dmtools.dmmerge.text.Bytes;
import java.io.PrintStream;
import java.util.Locale;

/** Redraws one line of a terminal: percentage, bytes, rate, time left. */
final class ProgressBar implements ProgressView {
  private static final int WIDTH = 20;
  private static final String TO_LINE_START_AND_CLEAR = "\r\u001b[K";

  private final PrintStream err;
  private final String what;
  private final RateMeter meter;
  private boolean drawn;

  ProgressBar(PrintStream err, String what, long bytes) {
    this.err = err;
    this.what = what;
    this.meter = new RateMeter(bytes, 200);
  }

  @Override
  public void advance(long bytes) {
    if (meter.advance(bytes)) {
      draw();
    }
  }

  private void draw() {
    drawn = true;
    int full = meter.percent() * WIDTH / 100;
    long left = meter.secondsLeft();
    err.printf(
        Locale.ROOT,
        "%s%s %3d%% [%s%s] %s of %s, %s/s, %d:%02d:%02d left",
        TO_LINE_START_AND_CLEAR,
        what,
        meter.percent(),
        "#".repeat(full),
        ".".repeat(WIDTH - full),
        Bytes.forPeople(meter.done()),
        Bytes.forPeople(meter.total()),
        Bytes.forPeople((long) meter.rate()),
        left / 3600,
        left / 60 % 60,
        left % 60);
    err.flush();
  }

  @Override
  public void clear() {
    if (drawn) {
      err.print(TO_LINE_START_AND_CLEAR);
      err.flush();
      drawn = false;
    }
  }
}

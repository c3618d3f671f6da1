package io.github.dmtools.dmmerge.cli;

/** Where the process begins and ends. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    StopSignals signals = StopSignals.instance();
    signals.install();
    signals.exit(CommandLineRun.run(args));
  }
}

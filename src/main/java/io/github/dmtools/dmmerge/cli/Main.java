package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.linux.LibCryptoProvider;
import io.github.dmtools.dmmerge.problem.ExitStatus;
import java.util.Locale;

/** Entry point of the process. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    StopSignals signals = StopSignals.instance();
    signals.install();
    int status = ExitStatus.BUG.status();
    try {
      LibCryptoProvider.install();
      status = CommandLineRun.run(args);
    } finally {
      signals.exit(status);
    }
  }
}

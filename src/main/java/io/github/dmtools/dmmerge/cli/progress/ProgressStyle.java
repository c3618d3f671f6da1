package io.github.dmtools.dmmerge.cli.progress;

import io.github.dmtools.dmmerge.linux.DevicePreloader;
import java.io.PrintStream;

/** How progress is shown. The names are the values of {@code --progress}. */
public enum ProgressStyle {
  /** A bar on a terminal, nothing elsewhere. */
  auto,
  /** One event per line. */
  json,
  /** Nothing. */
  none;

  public ProgressView view(PrintStream err, String what, long bytes) {
    return switch (this) {
      case auto ->
          DevicePreloader.get().isStderrTerminal()
              ? new ProgressBar(err, what, bytes)
              : ProgressView.SILENT;
      case json -> new ProgressEvents(err, what, bytes);
      case none -> ProgressView.SILENT;
    };
  }
}

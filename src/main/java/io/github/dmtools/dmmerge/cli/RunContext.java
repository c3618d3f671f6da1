package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.cli.progress.ProgressStyle;
import io.github.dmtools.dmmerge.linux.DevicePreloader;
import io.github.dmtools.dmmerge.merge.Merge;
import java.time.Clock;
import java.util.List;

/** A run wired to the system's devices, to stderr and to the signals of this process. */
record RunContext(Merge merge, Console console) implements AutoCloseable {
  /**
   * Creates a context.
   *
   * @param outputs paths of the documents that the run is going to write
   */
  static RunContext create(ProgressStyle progress, List<String> outputs) {
    Console console = new Console(System.err, progress);
    return new RunContext(
        new Merge(
            DevicePreloader.get(),
            Clock.systemUTC(),
            console,
            StopSignals.instance(),
            outputs,
            new ProcessEnvironment()),
        console);
  }

  @Override
  public void close() {
    console.finish();
  }
}

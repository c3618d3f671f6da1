package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.cli.progress.ProgressStyle;
import io.github.dmtools.dmmerge.linux.DevicePreloader;
import io.github.dmtools.dmmerge.merge.Merge;
import java.time.Clock;
import java.util.List;

/** What every command needs: the story, wired to this Linux, to stderr and to the signals. */
record RunContext(Merge merge, Console console) implements AutoCloseable {
  /**
   * Wires a run.
   *
   * @param preallocatedFiles paths of the documents that it is going to write
   */
  static RunContext create(ProgressStyle progress, List<String> preallocatedFiles) {
    Console console = new Console(System.err, progress);
    return new RunContext(
        new Merge(
            DevicePreloader.get(),
            Clock.systemUTC(),
            console,
            StopSignals.instance(),
            preallocatedFiles,
            new ProcessEnvironment()),
        console);
  }

  @Override
  public void close() {
    console.finish();
  }
}

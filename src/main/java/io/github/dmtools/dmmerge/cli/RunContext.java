package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.linux.LinuxDevices;
import io.github.dmtools.dmmerge.merge.Merge;
import java.time.Clock;

/** What every command needs: the story, wired to this Linux, to stderr and to the signals. */
record RunContext(Merge merge, Console console) implements AutoCloseable {
  static RunContext create(ProgressStyle progress) {
    LinuxDevices devices = new LinuxDevices();
    Console console = new Console(System.err, progress);
    return new RunContext(
        new Merge(devices, Clock.systemUTC(), console, StopSignals.instance()), console);
  }

  @Override
  public void close() {
    console.finish();
  }
}

package io.github.dmtools.dmmerge.endtoend;

import io.github.dmtools.dmmerge.linux.LinuxDevices;
import io.github.dmtools.dmmerge.merge.Merge;
import io.github.dmtools.dmmerge.merge.SilentListener;
import io.github.dmtools.dmmerge.merge.TestEnvironment;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import java.time.Clock;
import java.util.List;

/** Runs a merge on real devices in this process, where the launcher would be too slow. */
final class InProcess {
  private InProcess() {}

  static Merge merge() {
    return new Merge(
        new LinuxDevices(),
        Clock.systemUTC(),
        new SilentListener(),
        CancelSignal.NEVER,
        List.of(),
        new TestEnvironment());
  }
}

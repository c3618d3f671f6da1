package io.github.dmtools.dmmerge.endtoend;

import io.github.dmtools.dmmerge.linux.LinuxDevices;
import io.github.dmtools.dmmerge.merge.Merge;
import io.github.dmtools.dmmerge.merge.SilentListener;
import io.github.dmtools.dmmerge.merge.TestEnvironment;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import java.time.Clock;
import java.util.List;

/** The story over real devices, in this Java, where starting another one would cost too much. */
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

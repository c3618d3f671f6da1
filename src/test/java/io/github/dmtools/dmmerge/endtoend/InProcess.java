package io.github.dmtools.dmmerge.endtoend;

import io.github.dmtools.dmmerge.linux.LinuxDevices;
import io.github.dmtools.dmmerge.merge.Merge;
import io.github.dmtools.dmmerge.merge.RunListener;
import io.github.dmtools.dmmerge.merge.TestRecords;
import io.github.dmtools.dmmerge.plan.Progress;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Warning;
import java.time.Clock;
import java.util.List;

/** The story over real devices, in this Java, where starting another one would cost too much. */
final class InProcess {
  private InProcess() {}

  static Merge merge() {
    RunListener silent =
        new RunListener() {
          @Override
          public Progress begin(String what, long bytes) {
            return Progress.NONE;
          }

          @Override
          public void writing() {}

          @Override
          public void warn(Warning warning) {}
        };
    return new Merge(
        new LinuxDevices(),
        Clock.systemUTC(),
        silent,
        CancelSignal.NEVER,
        List.of(),
        new TestRecords());
  }
}

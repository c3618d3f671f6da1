package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.linux.LinuxDevices;
import io.github.dmtools.dmmerge.merge.Merge;
import io.github.dmtools.dmmerge.merge.SilentListener;
import io.github.dmtools.dmmerge.merge.TestEnvironment;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.report.Report;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** Runs a merge on real devices in this process, where the launcher would be too slow. */
final class InProcess {
  private InProcess() {}

  /** A run of a job without options; a dry one unless it is forced. */
  static Report apply(Path store, Path origin, boolean force) {
    return merge().apply(job(store, origin, force), 0, null);
  }

  /** What a run that would write is refused for. */
  static Problem refusal(Path store, Path origin) {
    return assertThrows(ProblemException.class, () -> apply(store, origin, true)).problem();
  }

  static Job job(Path store, Path origin, boolean force) {
    return Job.plain(store.toString(), origin.toString(), false, false, force);
  }

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

package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every store on loop devices of both block sizes, buffered and direct. In one process, because
 * starting the launcher for each store takes too long; {@link DevicesIT} covers the launcher.
 */
final class AllStoresIT {
  @TempDir private Path directory;

  static Stream<Arguments> everyWay() {
    return Fixture.names().stream()
        .flatMap(
            name ->
                Stream.of(512, 4096)
                    .flatMap(
                        block ->
                            Stream.of(false, true)
                                .map(direct -> Arguments.of(name, block, direct))));
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void onLoopDevices(String name, int block, boolean direct) throws IOException {
    Fixture fixture = Fixture.unpack(name, directory);
    if (Files.size(fixture.origin()) % block != 0) {
      // No device with such blocks has this size.
      assertEquals("partial-last-chunk", name);
      return;
    }
    try (Loop store = Loop.over(fixture.store(), "--sector-size=" + block);
        Loop origin = Loop.over(fixture.origin(), "--sector-size=" + block)) {
      Job job =
          Job.plain(store.device().toString(), origin.device().toString(), direct, false, true);
      if (Fixture.mergeable().contains(name)) {
        merges(fixture, job);
      } else {
        Assertions.assertThrows(
            ProblemException.class, () -> InProcess.merge().apply(job, 0, null));
        assertEquals(fixture.before(), Fixture.sha256(origin.device()));
      }
    }
    assertEquals(fixture.info().at("/cow/sha256").asString(), Fixture.sha256(fixture.store()));
  }

  private static void merges(Fixture fixture, Job job) {
    Path origin = Path.of(String.valueOf(job.output()));
    boolean something = fixture.exceptions() > 0;
    Report report = InProcess.merge().apply(job, 0, null);
    assertEquals(something ? Report.Status.APPLIED : Report.Status.UNCHANGED, report.status());
    assertEquals(fixture.exceptions(), report.exceptions().written());
    assertEquals(job.direct(), report.output().device().direct());
    assertEquals(fixture.after(), Fixture.sha256(origin));
    Report again = InProcess.merge().apply(job, 0, null);
    assertEquals(Report.Status.UNCHANGED, again.status());
    assertEquals(0, again.bytes().written());
    assertEquals(Report.Status.UNCHANGED, InProcess.merge().verify(job, 0).status());
  }
}

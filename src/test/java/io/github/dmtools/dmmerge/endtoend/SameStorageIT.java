package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Input and output must not share a byte, by whatever names they are known. In this process. */
final class SameStorageIT {
  private static final int HALF = 1 << 20;

  @TempDir private Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void make() {
    file = new StoreFile(directory.resolve("cow"), 8, 2 * HALF).entry(1, 2).data(2, 7).path();
  }

  @Test
  void oneFileByManyPaths() throws IOException {
    refuses(file, file);
    refuses(file, Files.createSymbolicLink(directory.resolve("symbolic"), file));
    refuses(file, Files.createLink(directory.resolve("hard"), file));
  }

  @Test
  void loopDevicesOverOneFile() {
    try (Setup setup = new Setup()) {
      Path device = setup.loop(file);
      refuses(device, file);
      refuses(file, device);
      refuses(device, setup.loop(file));
      refuses(device, setup.loop(device, "--offset=" + HALF));
    }
  }

  @Test
  void rangesThatShareASector() {
    try (Setup setup = new Setup()) {
      Path input = setup.loop(file, "--sizelimit=" + (HALF + 512));
      refuses(input, setup.loop(file, "--offset=" + HALF));
    }
  }

  @Test
  void rangesThatShareNothingAreAllowed() throws IOException {
    byte[] expected = new byte[HALF];
    Arrays.fill(expected, 4096, 8192, (byte) 7);
    try (Setup setup = new Setup()) {
      Path input = setup.loop(file, "--sizelimit=" + HALF);
      Path output = setup.loop(file, "--offset=" + HALF);
      Report report = InProcess.apply(input, output, true);
      assertEquals(Report.Status.APPLIED, report.status());
      assertEquals(-1, Arrays.mismatch(expected, Files.readAllBytes(output)));
    }
  }

  private void refuses(Path input, Path output) {
    String before = Fixture.sha256(file);
    assertEquals(ProblemCode.DEVICE_SAME, InProcess.refusal(input, output).code());
    assertEquals(before, Fixture.sha256(file));
  }
}

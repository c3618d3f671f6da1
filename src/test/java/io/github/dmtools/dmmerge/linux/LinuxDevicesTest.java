package io.github.dmtools.dmmerge.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dmtools.dmmerge.endtoend.Shell;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Paths that do not lead to a device; opening them must not block. */
final class LinuxDevicesTest {
  @TempDir private Path directory;

  @Test
  void refusesWhatIsNotADevice() {
    Path fifo = directory.resolve("fifo");
    Shell.run("mkfifo", fifo.toString());
    assertEquals(ProblemCode.PATH_MISSING, code(directory.resolve("none")));
    assertEquals(ProblemCode.PATH_MISSING, code(fifo.resolve("below")));
    assertEquals(ProblemCode.PATH_WRONG_TYPE, code(directory));
    assertEquals(ProblemCode.PATH_WRONG_TYPE, code(fifo));
    assertEquals(ProblemCode.PATH_WRONG_TYPE, code(Path.of("/dev/null")));
  }

  private static ProblemCode code(Path path) {
    return assertThrows(
            ProblemException.class,
            () -> new LinuxDevices().openForReading(path.toString(), false, warning -> {}))
        .problem()
        .code();
  }
}

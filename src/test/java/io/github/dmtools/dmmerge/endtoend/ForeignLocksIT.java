package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.report.Report;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Locks that other programs hold, of all kinds that Linux has, on a few bytes or on all of them. In
 * this process; {@link LocksIT} has the launcher.
 */
final class ForeignLocksIT {
  /** F_OFD_SETLK is 37 (fcntl.h). QEMU takes such locks on single bytes, from byte 100 on. */
  private static final String HOLDER =
      """
      import fcntl, os, struct, sys
      kind, path = sys.argv[1:]
      interface, mode, *place = kind.split("-")
      start, length = (0, 0) if place == ["whole"] else (100, 1)
      held = os.open(path, os.O_RDWR)
      if interface == "flock":
          fcntl.flock(held, fcntl.LOCK_SH if mode == "shared" else fcntl.LOCK_EX)
      else:
          lock = fcntl.F_RDLCK if mode == "shared" else fcntl.F_WRLCK
          command = fcntl.F_SETLK if interface == "posix" else 37
          fcntl.fcntl(held, command, struct.pack("hhqqi4x", lock, os.SEEK_SET, start, length, 0))
      print("held", flush=True)
      sys.stdin.read()
      """;

  @TempDir private Path directory;
  private Fixture fixture;
  private String store = "";

  @BeforeEach
  void unpack() {
    fixture = Fixture.unpack("commit-4k", directory);
    store = Fixture.sha256(fixture.store());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "posix-exclusive-whole",
        "posix-exclusive-byte",
        "posix-shared-byte",
        "ofd-exclusive-whole",
        "ofd-exclusive-byte",
        "ofd-shared-byte",
        "flock-exclusive",
        "flock-shared"
      })
  void onTheOrigin(String lock) {
    refuses(lock, fixture.origin(), fixture.origin());
    applies(fixture.origin());
  }

  @ParameterizedTest
  @ValueSource(strings = {"posix-exclusive-byte", "ofd-exclusive-byte", "flock-exclusive"})
  void onTheStore(String lock) {
    refuses(lock, fixture.store(), fixture.origin());
    applies(fixture.origin());
  }

  @ParameterizedTest
  @ValueSource(strings = {"posix-exclusive-byte", "ofd-shared-byte", "flock-exclusive"})
  void onABlockDevice(String lock) {
    try (Setup setup = new Setup()) {
      Path device = setup.loop(fixture.origin());
      refuses(lock, device, device);
      applies(device);
    }
  }

  /** A virtual machine uses the image that the loop device is attached to. */
  @ParameterizedTest
  @ValueSource(strings = {"posix-exclusive-byte", "ofd-shared-byte", "flock-exclusive"})
  void onTheFileOfALoopDevice(String lock) {
    try (Setup setup = new Setup()) {
      Path device = setup.loop(fixture.origin());
      refuses(lock, fixture.origin(), device);
      applies(device);
    }
  }

  /** A virtual machine reads the snapshot, and nobody writes to it. */
  @Test
  void aReaderOfTheStoreIsAllowed() {
    try (Setup setup = new Setup()) {
      hold(setup, "ofd-shared-byte", fixture.store());
      applies(fixture.origin());
    }
  }

  private void refuses(String lock, Path locked, Path output) {
    try (Setup setup = new Setup()) {
      hold(setup, lock, locked);
      Problem problem = InProcess.refusal(fixture.store(), output);
      assertEquals(ProblemCode.DEVICE_BUSY, problem.code());
      assertEquals(fixture.before(), Fixture.sha256(output));
      assertEquals(store, Fixture.sha256(fixture.store()));
    }
  }

  private void applies(Path output) {
    Report report = InProcess.apply(fixture.store(), output, true);
    assertEquals(Report.Status.APPLIED, report.status());
    assertEquals(fixture.after(), Fixture.sha256(output));
    assertEquals(store, Fixture.sha256(fixture.store()));
  }

  private static void hold(Setup setup, String lock, Path path) {
    setup.hold("python3", "-c", HOLDER, lock, path.toString());
  }
}

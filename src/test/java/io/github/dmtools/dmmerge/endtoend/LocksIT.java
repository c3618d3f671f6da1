package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Concurrent runs, and devices that other programs have claimed. */
final class LocksIT {
  private static final int BUSY = 75;
  private static final String[] HOLD = {"sh", "-c", "echo held; exec cat"};

  /** A write lock by F_OFD_SETLK (37) on the first byte that QEMU locks. */
  private static final String OFD_LOCK =
      "import fcntl, os, struct, sys; fcntl.fcntl(os.open(sys.argv[1], os.O_RDWR), 37,"
          + " struct.pack('hhqqi4x', fcntl.F_WRLCK, os.SEEK_SET, 100, 1, 0))";

  @TempDir private Path directory;

  @Test
  void lockByAReaderExcludesWriters() {
    Fixture fixture = Fixture.unpack("commit-4k", directory);
    try (Setup setup = new Setup()) {
      setup.hold("flock", "--shared", fixture.origin().toString(), HOLD[0], HOLD[1], HOLD[2]);
      Launcher launcher = new Launcher(directory).stdin(fixture.job(true));
      launcher.run("apply", "-").expectProblem(BUSY, "device.busy");
      launcher.run("plan", "-").expect(0);
      launcher.stdin(fixture.job(false)).run("apply", "-").expect(0);
    }
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));
  }

  @Test
  void lockByAWriterExcludesAll() {
    Fixture fixture = Fixture.unpack("commit-4k", directory);
    Launcher launcher = new Launcher(directory).stdin(fixture.job(true));
    for (Path locked : new Path[] {fixture.origin(), fixture.store()}) {
      try (Setup setup = new Setup()) {
        setup.hold("flock", "--exclusive", locked.toString(), HOLD[0], HOLD[1], HOLD[2]);
        launcher.run("apply", "-").expectProblem(BUSY, "device.busy");
        launcher.run("plan", "-").expectProblem(BUSY, "device.busy");
      }
    }
    assertEquals(fixture.before(), Fixture.sha256(fixture.origin()));
  }

  /** The first run blocks while its plan is not read. */
  @Test
  void secondRunWaitsForTheFirst() throws IOException {
    ManyChunks many = ManyChunks.make(directory, 4096);
    Path fifo = directory.resolve("plan");
    Shell.run("mkfifo", fifo.toString());
    Launcher launcher = new Launcher(directory).stdin(many.job());
    Launcher.Running first = launcher.start("apply", "-", "--plan-out", fifo.toString());
    try (InputStream plan = Files.newInputStream(fifo)) {
      assertEquals('{', plan.read());
      launcher.run("apply", "-").expectProblem(BUSY, "device.busy");
      launcher.run("plan", "-").expectProblem(BUSY, "device.busy");
      launcher.run("verify", "-").expectProblem(BUSY, "device.busy");
      assertFalse(Shell.succeeds("python3", "-c", OFD_LOCK, many.origin().toString()));
      assertEquals(0, many.writtenBytes());
      plan.transferTo(OutputStream.nullOutputStream());
    }
    assertEquals("applied", first.await().expect(0).json().path("status").asString());
    assertEquals(many.bytes(), many.writtenBytes());
  }

  @Test
  void deviceThatAnotherProcessClaimed() {
    Fixture fixture = Fixture.unpack("commit-4k", directory);
    try (Setup setup = new Setup()) {
      Path device = setup.loop(fixture.origin());
      setup.hold(
          "python3",
          "-c",
          "import os, sys; os.open(sys.argv[1], os.O_RDWR | os.O_EXCL);"
              + " print('held', flush=True); sys.stdin.read()",
          device.toString());
      Launcher launcher = new Launcher(directory).stdin(Fixture.job(fixture.store(), device, true));
      launcher.run("apply", "-").expectProblem(BUSY, "device.busy");
      launcher.run("plan", "-").expect(0);
      assertEquals(fixture.before(), Fixture.sha256(device));
    }
  }
}

package io.github.dmtools.dmmerge.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.DeviceContract;
import io.github.dmtools.dmmerge.device.Stamp;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.Warning;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a device handles the results of system calls. */
final class TransferTest {
  private static final int FD = 3;
  private static final int DIRECT_FD = 4;
  private static final int EIO = 5;

  private final FakeLibC libC = new FakeLibC(Stamp.of('f', 8192));
  private final byte[] before = libC.file.clone();
  private final List<Warning> warnings = new ArrayList<>();

  @Test
  void shortAndInterruptedReadsAreContinued() {
    libC.transfers.addAll(List.of(1, -Errno.EINTR, 4000, -Errno.EINTR, 8000));
    assertArrayEquals(before, DeviceContract.read(device(-1), 0, 8192));
    assertEquals("pread 3 4001+4191", libC.calls.get(libC.calls.size() - 1));
  }

  @Test
  void shortAndInterruptedWritesAreContinued() {
    libC.transfers.addAll(List.of(1000, -Errno.EINTR, 1));
    byte[] bytes = Stamp.of('w', 4096);
    device(-1).write(AlignedBuffers.allocate(4096).put(bytes).flip(), 100);
    assertArrayEquals(bytes, Arrays.copyOfRange(libC.file, 100, 4196));
    assertEquals(4, libC.calls.size());
  }

  @Test
  void anErrorNamesItsByte() {
    libC.transfers.addAll(List.of(512, 512, -EIO));
    failed(
        ProblemCode.DEVICE_READ, 1024 + 512, EIO, () -> DeviceContract.read(device(-1), 512, 4096));
    libC.transfers.addAll(List.of(512, -EIO));
    failed(
        ProblemCode.DEVICE_WRITE,
        4096 + 512,
        EIO,
        () -> device(-1).write(AlignedBuffers.allocate(4096), 4096));
  }

  @Test
  void aTruncatedDeviceEndsTheRead() {
    libC.transfers.addAll(List.of(512, 0));
    Problem problem =
        assertThrows(ProblemException.class, () -> DeviceContract.read(device(-1), 0, 4096))
            .problem();
    assertEquals(512, problem.offset());
    assertEquals(null, problem.errno());
  }

  @Test
  void directTransfersTheAlignedPart() {
    assertArrayEquals(
        Arrays.copyOf(before, 4096 + 5), DeviceContract.read(device(DIRECT_FD), 0, 4096 + 5));
    assertEquals(List.of("pread 4 0+4096", "pread 3 4096+5"), libC.calls);
    libC.calls.clear();
    DeviceContract.read(device(DIRECT_FD), 1, 512);
    assertEquals(List.of("pread 3 1+512"), libC.calls);
  }

  @Test
  void aLateRefusalOfDirectFallsBackWithOneWarning() {
    libC.transfers.addAll(List.of(512, -Errno.EINVAL));
    LinuxDevice device = device(DIRECT_FD);
    assertArrayEquals(before, DeviceContract.read(device, 0, 8192));
    assertFalse(device.direct());
    DeviceContract.read(device, 0, 512);
    assertEquals(
        List.of("pread 4 0+8192", "pread 4 512+7680", "pread 3 512+7680", "pread 3 0+512"),
        libC.calls);
    assertEquals(List.of("direct.unavailable"), warnings.stream().map(Warning::code).toList());
  }

  /** The kernel would read only the beginning of a longer range. */
  @Test
  void readsAheadInSteps() {
    device(-1).prefetch(5, (256 << 10) + 1);
    assertEquals(
        List.of("advice 3 3 5+131072", "advice 3 3 131077+131072", "advice 3 3 262149+1"),
        libC.calls);
    libC.calls.clear();
    device(DIRECT_FD).prefetch(0, 4096);
    assertEquals(List.of(), libC.calls, "nobody would read it from the page cache");
  }

  @Test
  void aBufferedRefusalIsAnError() {
    libC.transfers.add(-Errno.EINVAL);
    failed(ProblemCode.DEVICE_READ, 0, Errno.EINVAL, () -> DeviceContract.read(device(-1), 0, 512));
  }

  @Test
  void barriersAreRepeatedWhenInterruptedAndNeverWhenFailed() {
    libC.barriers.addAll(List.of(-Errno.EINTR, -EIO));
    Problem problem = assertThrows(ProblemException.class, () -> device(-1).barrier()).problem();
    assertEquals(ProblemCode.DEVICE_BARRIER, problem.code());
    assertEquals(EIO, problem.errno());
    assertEquals(List.of("fdatasync 3", "fdatasync 3"), libC.calls);
  }

  @Test
  void blocksAreSharedUntilTheSystemRefuses() {
    libC.clones.addAll(List.of(-Errno.EINTR, 0, -Errno.EINVAL, -Errno.EOPNOTSUPP));
    LinuxDevice device = device(-1);
    LinuxDevice target = device(-1);
    assertTrue(device.shareInto(target, 512, 4096, 1024));
    assertFalse(device.shareInto(target, 1, 0, 512));
    assertTrue(device.mayShareInto(target));
    assertFalse(device.shareInto(target, 0, 0, 512));
    assertFalse(device.mayShareInto(target));
    assertFalse(device.shareInto(target, 0, 0, 512));
    assertEquals(
        List.of(
            "clone 3 512+1024 to 3 4096",
            "clone 3 512+1024 to 3 4096",
            "clone 3 1+512 to 3 0",
            "clone 3 0+512 to 3 0"),
        libC.calls);
  }

  @Test
  void sharingNeverGrowsAFile() {
    Problem problem =
        assertThrows(
                ProblemException.class, () -> device(-1).shareInto(device(-1), 0, 8192 - 512, 1024))
            .problem();
    assertEquals(ProblemCode.DEVICE_WRITE, problem.code());
    Problem source =
        assertThrows(
                ProblemException.class, () -> device(-1).shareInto(device(-1), 8192 - 512, 0, 1024))
            .problem();
    assertEquals(ProblemCode.DEVICE_READ, source.code());
    // The system takes 0 as everything up to the end.
    assertThrows(IllegalArgumentException.class, () -> device(-1).shareInto(device(-1), 0, 0, 0));
    assertEquals(List.of(), libC.calls);
  }

  private LinuxPreallocatedFile ownFile() {
    FileStatus status = FakeLibC.regular(100);
    TargetCalls calls = new TargetCalls(libC, Architecture.current());
    TargetLookup.Found found =
        new TargetLookup.Found(FD + 1, status, "fake", "/srv/fake", status, false);
    LinuxFileTarget target = new LinuxFileTarget(calls, found);
    return new LinuxPreallocatedFile(new Syscalls(libC), "/srv/fake", status, FD, target, null);
  }

  @Test
  void spaceThatCannotBeReservedIsWritten() {
    libC.allocations.addAll(List.of(-Errno.EINTR, -Errno.EOPNOTSUPP));
    LinuxPreallocatedFile file = ownFile();
    file.reserve(8192);
    assertEquals(8192, file.sizeBytes());
    assertEquals(
        List.of("fallocate 3 0+8192", "fallocate 3 0+8192", "pwrite 3 100+8092", "fdatasync 3"),
        libC.calls);
    assertArrayEquals(Arrays.copyOf(before, 100), Arrays.copyOf(libC.file, 100));
    assertArrayEquals(new byte[8092], Arrays.copyOfRange(libC.file, 100, 8192));
  }

  @Test
  void aLateLackOfSpaceFailsToo() {
    libC.barriers.add(-EIO);
    LinuxPreallocatedFile file = ownFile();
    Problem problem = assertThrows(ProblemException.class, () -> file.reserve(8192)).problem();
    assertEquals(ProblemCode.UNDO_CREATE, problem.code());
    assertEquals(EIO, problem.errno());
    assertEquals(100, file.sizeBytes());
    assertEquals("ftruncate 3 100", libC.calls.get(libC.calls.size() - 1));
  }

  @Test
  void openFailuresHaveTheirCodes() {
    Syscalls syscalls = new Syscalls(libC);
    assertEquals(ProblemCode.PATH_MISSING, code(syscalls, Errno.ENOENT));
    assertEquals(ProblemCode.PATH_MISSING, code(syscalls, Errno.ENOTDIR));
    assertEquals(ProblemCode.PATH_PERMISSION, code(syscalls, Errno.EACCES));
    assertEquals(ProblemCode.DEVICE_BUSY, code(syscalls, Errno.EBUSY));
    assertEquals(ProblemCode.DEVICE_READ_ONLY, code(syscalls, Errno.EROFS));
    assertEquals(ProblemCode.DEVICE_OPEN, code(syscalls, EIO));
  }

  @Test
  void escapesInProcAreDecoded() {
    assertEquals("/mnt/a b\tc\\d", ProcTable.unescape("/mnt/a\\040b\\011c\\134d"));
    assertEquals("\\", ProcTable.unescape("\\134"));
    assertEquals("\\04", ProcTable.unescape("\\04"));
    assertEquals("\\049", ProcTable.unescape("\\049"));
  }

  @Test
  void statusesAreDecoded() {
    FileStatus status = FakeLibC.regular(12345);
    assertEquals(12345, status.size());
    assertEquals("file:8:1:77", status.identity());
    assertEquals(512, status.directAlignment());
    assertEquals("a regular file", status.typeName());
  }

  private static ProblemCode code(Syscalls syscalls, int errno) {
    return syscalls.failedOpen("/dev/x", errno).problem().code();
  }

  private static void failed(ProblemCode code, long offset, int errno, Runnable transfer) {
    Problem problem = assertThrows(ProblemException.class, transfer::run).problem();
    assertEquals(code, problem.code());
    assertEquals(offset, problem.offset());
    assertEquals(errno, problem.errno());
    assertEquals("/dev/fake", problem.path());
  }

  private LinuxDevice device(int directFd) {
    Syscalls syscalls = new Syscalls(libC);
    return new LinuxDevice(
        syscalls,
        "/dev/fake",
        FakeLibC.regular(8192),
        new LinuxDevice.Geometry(8192, 512),
        new DeviceIo(syscalls, "/dev/fake", FD, directFd, 512, warnings::add));
  }
}

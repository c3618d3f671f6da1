package io.github.dmtools.dmmerge.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.DeviceContract;
import io.github.dmtools.dmmerge.device.PreallocatedFile;
import io.github.dmtools.dmmerge.device.Stamp;
import io.github.dmtools.dmmerge.endtoend.Shell;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Preallocated files on real file systems. */
final class PreallocatedFileTest {
  private static final int BYTES = 300_000;
  private static final int ENOENT = 2;
  private static final int EEXIST = 17;
  private static final int ENOTDIR = 20;
  private static final int ENOSPC = 28;
  private static final int EROFS = 30;

  private static final byte[] MARK = PreallocatedFile.MARK.getBytes(StandardCharsets.US_ASCII);

  /** The content of a new file. */
  private static byte[] fresh() {
    byte[] content = new byte[BYTES];
    System.arraycopy(MARK, 0, content, PreallocatedFile.MARK_OFFSET, MARK.length);
    return content;
  }

  @TempDir private Path directory;

  private final LinuxDevices devices = new LinuxDevices();

  private Path path() {
    return directory.resolve("undo");
  }

  @Test
  void aNewFileIsReservedZeroedAndPrivate() throws IOException {
    assertNull(devices.openPreallocated(path().toString()));
    try (PreallocatedFile file = create(path())) {
      assertEquals(BYTES, file.sizeBytes());
      assertEquals(path().toString(), file.path());
      assertArrayEquals(fresh(), DeviceContract.read(file, 0, BYTES));
      assertEquals(1, names(directory).size());
      assertTrue(Files.notExists(path()), "it has its name too early");
      file.write(AlignedBuffers.allocate(4096).put(Stamp.of('u', 4096)).flip(), BYTES - 4096);
      file.barrier();
      file.publish();
    }
    assertEquals(List.of("undo"), names(directory));
    assertEquals(
        PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(path()));
    assertTrue(blocks(path()) * 512 >= BYTES, "its space is not reserved");
  }

  private static long blocks(Path file) {
    return Long.parseLong(Shell.run("stat", "--format=%b", file.toString()));
  }

  @Test
  void anUnpublishedFileIsRemoved() throws IOException {
    create(path()).close();
    assertEquals(List.of(), names(directory));
  }

  @Test
  void growsAndIsTruncated() throws IOException {
    publish();
    try (PreallocatedFile file = open()) {
      file.reserve(BYTES + 5000);
      assertEquals(BYTES + 5000, file.sizeBytes());
      assertArrayEquals(new byte[5000], DeviceContract.read(file, BYTES, 5000));
      file.reserve(100);
      assertEquals(BYTES + 5000, file.sizeBytes(), "reserving never cuts");
      file.cutTo(1000);
      assertEquals(1000, file.sizeBytes());
      assertThrows(ProblemException.class, () -> DeviceContract.read(file, 999, 2));
      file.cutTo(2000);
      assertEquals(1000, file.sizeBytes(), "cutting never grows");
    }
    assertEquals(1000, Files.size(path()));
  }

  @Test
  void belongsToOneRunAtATime() {
    try (PreallocatedFile file = create(path())) {
      problem(ProblemCode.DEVICE_BUSY, null, () -> create(path()));
      file.publish();
      problem(ProblemCode.DEVICE_BUSY, null, this::open);
      problem(ProblemCode.DEVICE_BUSY, null, () -> create(path()));
    }
    try (PreallocatedFile file = open()) {
      assertEquals(BYTES, file.sizeBytes());
    }
  }

  @Test
  void neverReplacesAnotherFile() throws IOException {
    Files.writeString(path(), "somebody's");
    problem(ProblemCode.DEVICE_BUSY, null, () -> create(path()));
    assertEquals("somebody's", Files.readString(path()));
    assertEquals(List.of("undo"), names(directory));
  }

  @Test
  void theLeftoverOfAKilledRunIsReplaced() throws IOException {
    Path leftover = directory.resolve("undo.dm-merge-new");
    byte[] unused = new byte[2 * BYTES];
    System.arraycopy(MARK, 0, unused, PreallocatedFile.MARK_OFFSET, MARK.length);
    Files.write(leftover, unused);
    Files.setPosixFilePermissions(leftover, PosixFilePermissions.fromString("rw-rw-rw-"));
    try (PreallocatedFile file = create(path())) {
      assertEquals(BYTES, file.sizeBytes());
      assertArrayEquals(fresh(), DeviceContract.read(file, 0, BYTES));
      file.publish();
    }
    assertEquals(List.of("undo"), names(directory));
    assertEquals(
        PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(path()));
  }

  /** Including an undo store with entries. */
  @Test
  void otherFilesAreKept() throws IOException {
    Path there = directory.resolve("undo.dm-merge-new");
    byte[] store = new byte[2 * BYTES];
    System.arraycopy(MARK, 0, store, PreallocatedFile.MARK_OFFSET, MARK.length);
    store[12] = 1; // chunks of one sector
    store[512 + 8] = 2; // the first entry's chunk
    for (byte[] content : new byte[][] {Stamp.of('x', BYTES), new byte[BYTES], store}) {
      Files.write(there, content);
      problem(ProblemCode.UNDO_CREATE, EEXIST, () -> create(path()));
      assertArrayEquals(content, Files.readAllBytes(there));
    }
  }

  @Test
  void aLinkInItsPlaceIsNotFollowed() throws IOException {
    Path victim = Files.writeString(directory.resolve("victim"), "untouched");
    Files.createSymbolicLink(directory.resolve("undo.dm-merge-new"), victim);
    problem(ProblemCode.UNDO_CREATE, EEXIST, () -> create(path()));
    Files.createSymbolicLink(path(), victim);
    problem(ProblemCode.UNDO_NOT_OURS, null, this::open);
    Files.delete(victim);
    problem(ProblemCode.UNDO_NOT_OURS, null, this::open);
    assertTrue(Files.notExists(victim));
  }

  @Test
  void refusesWhatIsNotARegularFile() throws IOException {
    Files.createDirectory(path());
    problem(ProblemCode.UNDO_NOT_OURS, null, this::open);
    Files.delete(path());
    Shell.run("mkfifo", path().toString());
    problem(ProblemCode.UNDO_NOT_OURS, null, this::open);
  }

  @Test
  void directoriesThatDoNotExist() throws IOException {
    Path missing = directory.resolve("missing/undo");
    assertNull(devices.openPreallocated(missing.toString()));
    problem(ProblemCode.UNDO_CREATE, ENOENT, () -> create(missing));
    Path below = Files.writeString(directory.resolve("file"), "").resolve("undo");
    problem(ProblemCode.UNDO_CREATE, ENOTDIR, () -> devices.openPreallocated(below.toString()));
    problem(ProblemCode.UNDO_CREATE, ENOTDIR, () -> create(below));
  }

  /** File systems report a full disk at different calls; ext2 cannot reserve space. */
  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4", "ext2"})
  void aFullDiskLeavesNoFile(String type) throws IOException {
    try (SmallMount mount = new SmallMount(type, directory)) {
      Path undo = mount.directory().resolve("undo");
      List<String> before = names(mount.directory());
      problem(
          ProblemCode.UNDO_CREATE,
          ENOSPC,
          () -> devices.createPreallocated(undo.toString(), SmallMount.BYTES * 2));
      assertEquals(before, names(mount.directory()));
      try (PreallocatedFile file = create(undo)) {
        file.publish();
        problem(ProblemCode.UNDO_CREATE, ENOSPC, () -> file.reserve(SmallMount.BYTES * 2));
        assertEquals(BYTES, file.sizeBytes());
      }
      assertEquals(BYTES, Files.size(undo), "it keeps what it could not use");
      Shell.run("mount", "-o", "remount,ro", mount.directory().toString());
      Path other = mount.directory().resolve("other");
      problem(ProblemCode.UNDO_CREATE, EROFS, () -> create(other));
      problem(ProblemCode.UNDO_CREATE, EROFS, () -> devices.openPreallocated(undo.toString()));
    }
  }

  private void publish() {
    try (PreallocatedFile file = create(path())) {
      file.publish();
    }
  }

  private PreallocatedFile create(Path path) {
    return devices.createPreallocated(path.toString(), BYTES);
  }

  private PreallocatedFile open() {
    PreallocatedFile file = devices.openPreallocated(path().toString());
    assertNotNull(file);
    return file;
  }

  private static void problem(ProblemCode code, @Nullable Integer errno, Executable step) {
    Problem problem = assertThrows(ProblemException.class, step).problem();
    assertEquals(code, problem.code());
    assertEquals(errno, problem.errno());
    assertNotNull(problem.path());
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }
}

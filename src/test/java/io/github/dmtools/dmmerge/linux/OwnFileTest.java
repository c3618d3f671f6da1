package io.github.dmtools.dmmerge.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.DeviceContract;
import io.github.dmtools.dmmerge.device.OwnFile;
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

/** Files of our own on real file systems. */
final class OwnFileTest {
  private static final int BYTES = 300_000;
  private static final int ENOENT = 2;
  private static final int EEXIST = 17;
  private static final int ENOTDIR = 20;
  private static final int ENOSPC = 28;
  private static final int EROFS = 30;

  private static final byte[] MARK = OwnFile.MARK.getBytes(StandardCharsets.US_ASCII);

  /** What a new file holds. */
  private static byte[] fresh() {
    byte[] content = new byte[BYTES];
    System.arraycopy(MARK, 0, content, OwnFile.MARK_OFFSET, MARK.length);
    return content;
  }

  @TempDir private Path folder;

  private final LinuxDevices devices = new LinuxDevices();

  private Path path() {
    return folder.resolve("undo");
  }

  @Test
  void aNewOneIsReservedAndZeroAndForItsOwnerOnly() throws IOException {
    assertNull(devices.openOwnFile(path().toString()));
    try (OwnFile file = create(path())) {
      assertEquals(BYTES, file.sizeBytes());
      assertEquals(path().toString(), file.path());
      assertArrayEquals(fresh(), DeviceContract.read(file, 0, BYTES));
      assertEquals(1, names(folder).size());
      assertTrue(Files.notExists(path()), "it has its name too early");
      file.write(AlignedBuffers.allocate(4096).put(Stamp.of('u', 4096)).flip(), BYTES - 4096);
      file.barrier();
      file.publish();
    }
    assertEquals(List.of("undo"), names(folder));
    assertEquals(
        PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(path()));
    assertTrue(blocks(path()) * 512 >= BYTES, "its space is not reserved");
  }

  private static long blocks(Path file) {
    return Long.parseLong(Shell.run("stat", "--format=%b", file.toString()));
  }

  @Test
  void oneThatIsNotPublishedGoes() throws IOException {
    create(path()).close();
    assertEquals(List.of(), names(folder));
  }

  @Test
  void growsAndIsCut() throws IOException {
    publish();
    try (OwnFile file = open()) {
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
    try (OwnFile file = create(path())) {
      problem(ProblemCode.DEVICE_BUSY, null, () -> create(path()));
      file.publish();
      problem(ProblemCode.DEVICE_BUSY, null, this::open);
      problem(ProblemCode.DEVICE_BUSY, null, () -> create(path()));
    }
    try (OwnFile file = open()) {
      assertEquals(BYTES, file.sizeBytes());
    }
  }

  @Test
  void neverTakesThePlaceOfAnother() throws IOException {
    Files.writeString(path(), "somebody's");
    problem(ProblemCode.DEVICE_BUSY, null, () -> create(path()));
    assertEquals("somebody's", Files.readString(path()));
    assertEquals(List.of("undo"), names(folder));
  }

  @Test
  void whatAKilledRunLeftIsReplaced() throws IOException {
    Path leftover = folder.resolve("undo.dm-merge-new");
    byte[] unused = new byte[2 * BYTES];
    System.arraycopy(MARK, 0, unused, OwnFile.MARK_OFFSET, MARK.length);
    Files.write(leftover, unused);
    Files.setPosixFilePermissions(leftover, PosixFilePermissions.fromString("rw-rw-rw-"));
    try (OwnFile file = create(path())) {
      assertEquals(BYTES, file.sizeBytes());
      assertArrayEquals(fresh(), DeviceContract.read(file, 0, BYTES));
      file.publish();
    }
    assertEquals(List.of("undo"), names(folder));
    assertEquals(
        PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(path()));
  }

  /** Nor an undo store that holds something, by whatever name. */
  @Test
  void whatNoKilledRunLeftIsKept() throws IOException {
    Path there = folder.resolve("undo.dm-merge-new");
    byte[] store = new byte[2 * BYTES];
    System.arraycopy(MARK, 0, store, OwnFile.MARK_OFFSET, MARK.length);
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
    Path victim = Files.writeString(folder.resolve("victim"), "untouched");
    Files.createSymbolicLink(folder.resolve("undo.dm-merge-new"), victim);
    problem(ProblemCode.UNDO_CREATE, EEXIST, () -> create(path()));
    Files.createSymbolicLink(path(), victim);
    problem(ProblemCode.UNDO_NOT_OURS, null, this::open);
    Files.delete(victim);
    problem(ProblemCode.UNDO_NOT_OURS, null, this::open);
    assertTrue(Files.notExists(victim));
  }

  @Test
  void onlyRegularFilesAreOurs() throws IOException {
    Files.createDirectory(path());
    problem(ProblemCode.UNDO_NOT_OURS, null, this::open);
    Files.delete(path());
    Shell.run("mkfifo", path().toString());
    problem(ProblemCode.UNDO_NOT_OURS, null, this::open);
  }

  @Test
  void foldersThatAreNone() throws IOException {
    Path missing = folder.resolve("missing/undo");
    assertNull(devices.openOwnFile(missing.toString()));
    problem(ProblemCode.UNDO_CREATE, ENOENT, () -> create(missing));
    Path below = Files.writeString(folder.resolve("file"), "").resolve("undo");
    problem(ProblemCode.UNDO_CREATE, ENOTDIR, () -> devices.openOwnFile(below.toString()));
    problem(ProblemCode.UNDO_CREATE, ENOTDIR, () -> create(below));
  }

  /** They answer a full disk at different calls; ext2 cannot reserve space. */
  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4", "ext2"})
  void aFullDiskLeavesNothingBehind(String type) throws IOException {
    try (SmallMount mount = new SmallMount(type, folder)) {
      Path undo = mount.folder().resolve("undo");
      List<String> before = names(mount.folder());
      problem(
          ProblemCode.UNDO_CREATE,
          ENOSPC,
          () -> devices.createOwnFile(undo.toString(), SmallMount.BYTES * 2));
      assertEquals(before, names(mount.folder()));
      try (OwnFile file = create(undo)) {
        file.publish();
        problem(ProblemCode.UNDO_CREATE, ENOSPC, () -> file.reserve(SmallMount.BYTES * 2));
        assertEquals(BYTES, file.sizeBytes());
      }
      assertEquals(BYTES, Files.size(undo), "it keeps what it could not use");
      Shell.run("mount", "-o", "remount,ro", mount.folder().toString());
      Path other = mount.folder().resolve("other");
      problem(ProblemCode.UNDO_CREATE, EROFS, () -> create(other));
      problem(ProblemCode.UNDO_CREATE, EROFS, () -> devices.openOwnFile(undo.toString()));
    }
  }

  private void publish() {
    try (OwnFile file = create(path())) {
      file.publish();
    }
  }

  private OwnFile create(Path path) {
    return devices.createOwnFile(path.toString(), BYTES);
  }

  private OwnFile open() {
    OwnFile file = devices.openOwnFile(path().toString());
    assertNotNull(file);
    return file;
  }

  private static void problem(ProblemCode code, @Nullable Integer errno, Executable step) {
    Problem problem = assertThrows(ProblemException.class, step).problem();
    assertEquals(code, problem.code());
    assertEquals(errno, problem.errno());
    assertNotNull(problem.path());
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }
}

package io.github.dmtools.dmmerge.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.ownfile.FileTarget;
import io.github.dmtools.dmmerge.ownfile.NewFile;
import io.github.dmtools.dmmerge.ownfile.TargetException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** New files on file systems with and without O_TMPFILE. */
final class NewFileTest {
  private static final String NAME = "plan.json";
  private static final String TEMPORARY = "plan.json.dm-merge-new";

  private static final String OURS = "half";

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void getsItsNameOnCommit(boolean unnamed) throws IOException {
    try (FileTarget target = open(unnamed)) {
      NewFile file = create(target);
      write(file, "new");
      assertEquals(unnamed ? List.of() : List.of(TEMPORARY), names());
      file.commit();
      file.close();
    }
    assertEquals(List.of(NAME), names());
    assertEquals("new", Files.readString(directory.resolve(NAME)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void leavesTheOldFileIfDropped(boolean unnamed) throws IOException {
    Files.writeString(directory.resolve(NAME), "old");
    try (FileTarget target = open(unnamed);
        NewFile file = create(target)) {
      write(file, "new");
    }
    assertEquals(List.of(NAME), names());
    assertEquals("old", Files.readString(directory.resolve(NAME)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void replacesAndKeepsTheMode(boolean unnamed) throws IOException {
    for (String mode : List.of("rw-------", "rw-rw-rw-", "r--------")) {
      Files.deleteIfExists(directory.resolve(NAME));
      Files.writeString(directory.resolve(NAME), "old");
      Files.setPosixFilePermissions(directory.resolve(NAME), PosixFilePermissions.fromString(mode));
      commit(unnamed);
      assertEquals(List.of(NAME), names());
      assertEquals(
          mode,
          PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(NAME))));
    }
  }

  /** Killed before it had its name, or while it had two names. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void removesTheLeftoverOfAKilledRun(boolean unnamed) throws IOException {
    for (boolean replaces : new boolean[] {false, true}) {
      Files.deleteIfExists(directory.resolve(NAME));
      if (replaces) {
        Files.writeString(directory.resolve(NAME), "old");
      }
      Files.writeString(directory.resolve(TEMPORARY), OURS);
      commit(unnamed);
      assertEquals(List.of(NAME), names());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void keepsAForeignFileWithTheTemporaryName(boolean unnamed) throws IOException {
    Path temporary = Files.writeString(directory.resolve(TEMPORARY), "precious");
    try (FileTarget target = open(unnamed)) {
      assertTrue(assertThrows(TargetException.class, () -> create(target)).isTaken());
      Files.writeString(temporary, OURS);
      List<String> inUse = List.of(temporary.toString());
      assertTrue(
          assertThrows(TargetException.class, () -> target.create(bytes -> true, inUse)).isTaken());
    }
    assertEquals(OURS, Files.readString(temporary));
  }

  private static NewFile create(FileTarget target) throws TargetException {
    return target.create(bytes -> new String(bytes, UTF_8).equals(OURS), List.of());
  }

  /** The lock is held by the file with the temporary name. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRunningRunIsNotDisturbed(boolean unnamed) throws IOException {
    try (FileTarget first = open(false);
        NewFile file = create(first);
        FileTarget second = open(unnamed)) {
      write(file, "first");
      assertTrue(assertThrows(TargetException.class, () -> create(second)).isBusy());
      file.commit();
    }
    assertEquals("first", Files.readString(directory.resolve(NAME)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void doesNotReplaceANewerFile(boolean unnamed) throws IOException {
    for (boolean replaces : new boolean[] {false, true}) {
      Files.deleteIfExists(directory.resolve(NAME));
      if (replaces) {
        Files.writeString(directory.resolve(NAME), "old");
      }
      try (FileTarget target = open(unnamed);
          NewFile file = create(target)) {
        write(file, "new");
        if (replaces) {
          Files.move(directory.resolve(NAME), directory.resolve("old"));
        }
        Files.writeString(directory.resolve(NAME), "foreign");
        assertThrows(TargetException.class, file::commit);
      }
      assertEquals(replaces ? List.of("old", NAME) : List.of(NAME), names());
      assertEquals("foreign", Files.readString(directory.resolve(NAME)));
    }
  }

  private void commit(boolean unnamed) throws IOException {
    try (FileTarget target = open(unnamed);
        NewFile file = create(target)) {
      write(file, "new");
      file.commit();
    }
    assertEquals("new", Files.readString(directory.resolve(NAME)));
  }

  private static void write(NewFile file, String text) throws IOException {
    file.stream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private FileTarget open(boolean unnamed) throws TargetException {
    LibC libC = unnamed ? new LibC() : withoutUnnamedFiles();
    return new LinuxFileTargets(new TargetCalls(libC, Architecture.current()))
        .open(directory.resolve(NAME).toString());
  }

  /** The C library on file systems such as vfat. */
  private static LibC withoutUnnamedFiles() {
    return new LibC() {
      private boolean refused;

      @Override
      int openat(int directory, byte[] name, int flags, int mode) {
        refused = (flags & LibC.O_TMPFILE) != 0;
        return refused ? -1 : super.openat(directory, name, flags, mode);
      }

      @Override
      int errno() {
        return refused ? Errno.EOPNOTSUPP : super.errno();
      }
    };
  }
}

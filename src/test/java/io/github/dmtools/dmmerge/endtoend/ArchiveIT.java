package io.github.dmtools.dmmerge.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The published archive contains the tested image. */
final class ArchiveIT {
  @TempDir private Path directory;

  @Test
  void unpacksToTheImage() throws IOException {
    List<Path> archives;
    try (Stream<Path> built = Files.list(Launcher.image().getParent())) {
      archives = built.filter(file -> file.toString().endsWith(".tar.gz")).toList();
    }
    assertEquals(1, archives.size(), archives::toString);
    Path archive = archives.get(0);
    Shell.run("tar", "-xpzf", archive.toString(), "-C", directory.toString());

    String name = archive.getFileName().toString().replace(".tar.gz", "");
    try (Stream<Path> unpacked = Files.list(directory)) {
      assertEquals(List.of(directory.resolve(name)), unpacked.toList());
    }
    SortedMap<String, String> image = contents(Launcher.image());
    assertTrue(image.containsKey("bin/dm-merge"));
    assertEquals(image, contents(directory.resolve(name)));
  }

  /** Every path with its mode and, for a file, its content. */
  private static SortedMap<String, String> contents(Path root) throws IOException {
    SortedMap<String, String> contents = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.filter(path -> !path.equals(root)).toList()) {
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        String bytes = Files.isDirectory(path) ? "a directory" : Fixture.sha256(path);
        contents.put(root.relativize(path).toString(), mode + " " + bytes);
      }
    }
    return contents;
  }
}

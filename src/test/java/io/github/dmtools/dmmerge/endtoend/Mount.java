package io.github.dmtools.dmmerge.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system in memory, unmounted by close. Needs root. */
final class Mount implements AutoCloseable {
  private final Path directory;

  private Mount(Path directory) {
    this.directory = directory;
  }

  /**
   * Mounts on a new directory.
   *
   * @param type such as {@code tmpfs}, which supports sparse files of any size
   */
  static Mount of(String type, Path directory) throws IOException {
    Files.createDirectory(directory);
    Shell.run("mount", "-t", type, type, directory.toString());
    return new Mount(directory);
  }

  Path directory() {
    return directory;
  }

  @Override
  public void close() {
    // Lazily: the kernel may keep the file of a detached loop device open for a moment.
    Shell.run("umount", "--lazy", directory.toString());
  }
}

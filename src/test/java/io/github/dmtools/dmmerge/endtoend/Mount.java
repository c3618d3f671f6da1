package io.github.dmtools.dmmerge.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system in memory, gone when it is closed. Needs root. */
final class Mount implements AutoCloseable {
  private final Path directory;

  private Mount(Path directory) {
    this.directory = directory;
  }

  /**
   * Mounts on a new directory.
   *
   * @param type such as {@code tmpfs}, which holds sparse files of any size
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
    // Lazily: the kernel may hold the file of a loop device for a moment after the device is gone.
    Shell.run("umount", "--lazy", directory.toString());
  }
}

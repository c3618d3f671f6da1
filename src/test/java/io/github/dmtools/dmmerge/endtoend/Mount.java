package io.github.dmtools.dmmerge.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system in memory, gone when it is closed. Needs root. */
final class Mount implements AutoCloseable {
  private final Path folder;

  private Mount(Path folder) {
    this.folder = folder;
  }

  /**
   * Mounts on a new folder.
   *
   * @param type such as {@code tmpfs}, which holds sparse files of any size
   */
  static Mount of(String type, Path folder) throws IOException {
    Files.createDirectory(folder);
    Shell.run("mount", "-t", type, type, folder.toString());
    return new Mount(folder);
  }

  Path folder() {
    return folder;
  }

  @Override
  public void close() {
    // Lazily: the kernel may hold the file of a loop device for a moment after the device is gone.
    Shell.run("umount", "--lazy", folder.toString());
  }
}

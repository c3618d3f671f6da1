package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.endtoend.Shell;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A small new file system, unmounted by close. Needs root. */
record SmallMount(Path directory) implements AutoCloseable {
  static final long BYTES = 8 << 20;

  /**
   * @param type {@code tmpfs}, or one that has a mkfs
   */
  SmallMount(String type, Path below) throws IOException {
    this(Files.createDirectory(below.resolve("mount")));
    if (type.equals("tmpfs")) {
      mount("-t", type, "-o", "size=" + BYTES, type);
      return;
    }
    Path image = below.resolve("image");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(BYTES);
    }
    Shell.run("mkfs." + type, image.toString());
    mount("-o", "loop", image.toString());
  }

  private void mount(String... options) {
    List<String> command = new ArrayList<>(List.of("mount"));
    command.addAll(List.of(options));
    command.add(directory.toString());
    Shell.run(command.toArray(String[]::new));
  }

  @Override
  public void close() {
    Shell.run("umount", directory.toString());
  }
}

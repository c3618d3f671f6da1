package io.github.dmtools.dmmerge.endtoend;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A loop device on a file, detached by close. Needs root. */
final class Loop implements AutoCloseable {
  private final Path device;

  private Loop(Path device) {
    this.device = device;
  }

  /**
   * Attaches a file.
   *
   * @param options of losetup, such as {@code --sector-size=4096} or {@code --read-only}
   */
  static Loop over(Path file, String... options) {
    List<String> command = new ArrayList<>(List.of("losetup", "--find", "--show"));
    command.addAll(List.of(options));
    command.add(file.toString());
    return new Loop(Path.of(Shell.run(command.toArray(String[]::new))));
  }

  Path device() {
    return device;
  }

  @Override
  public void close() {
    Shell.run("losetup", "--detach", device.toString());
  }
}

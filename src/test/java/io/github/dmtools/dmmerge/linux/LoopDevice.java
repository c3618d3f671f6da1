package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.endtoend.Shell;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A loop device on a file, detached by close. Needs root. */
record LoopDevice(Path node) implements AutoCloseable {
  /**
   * @param options of losetup, such as {@code --read-only}
   */
  static LoopDevice over(Path file, String... options) {
    List<String> command = new ArrayList<>(List.of("losetup", "--find", "--show"));
    command.addAll(List.of(options));
    command.add(file.toString());
    return new LoopDevice(Path.of(Shell.run(command.toArray(String[]::new))));
  }

  @Override
  public void close() {
    Shell.run("losetup", "--detach", node.toString());
  }
}

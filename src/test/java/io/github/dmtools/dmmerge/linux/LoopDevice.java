package io.github.dmtools.dmmerge.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A loop device over a file, gone when it is closed. Needs root. */
record LoopDevice(Path node) implements AutoCloseable {
  /**
   * @param options of losetup, such as {@code --read-only}
   */
  static LoopDevice over(Path file, String... options) {
    List<String> command = new ArrayList<>(List.of("losetup", "--find", "--show"));
    command.addAll(List.of(options));
    command.add(file.toString());
    return new LoopDevice(Path.of(run(command)));
  }

  @Override
  public void close() {
    run(List.of("losetup", "--detach", node.toString()));
  }

  static String run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(command + " failed: " + output);
      }
      return output.strip();
    } catch (IOException e) {
      throw new AssertionError(command + " cannot be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}

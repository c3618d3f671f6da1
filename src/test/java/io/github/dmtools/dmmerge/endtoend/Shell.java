package io.github.dmtools.dmmerge.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs other programs. */
public final class Shell {
  private Shell() {}

  /** Runs a program that must succeed; returns its output without the last line feed. */
  public static String run(String... command) {
    Result result = result(command);
    if (result.status != 0) {
      throw new AssertionError(
          List.of(command) + " ended with " + result.status + "\n" + result.output);
    }
    return result.output.strip();
  }

  /** Runs a program; true if it exits with 0. */
  static boolean succeeds(String... command) {
    return result(command).status == 0;
  }

  private record Result(int status, String output) {}

  private static Result result(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}

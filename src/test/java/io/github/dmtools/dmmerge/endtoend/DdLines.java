package io.github.dmtools.dmmerge.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Runs the dd lines of a plan like an operator. */
record DdLines(List<String> lines) {
  static DdLines of(JsonNode plan) {
    List<String> lines = new ArrayList<>();
    plan.path("exceptions").forEach(exception -> lines.add(exception.path("dd").asString()));
    return new DdLines(lines);
  }

  /** Runs all lines, and fails if one of them fails. */
  void run(Path directory) {
    Outcome outcome = run(directory, Map.of());
    if (outcome.status() != 0) {
      throw new AssertionError(lines + " ended with " + outcome.status() + "\n" + outcome.text());
    }
  }

  /** Runs the lines with {@code sh} in a directory, up to the first failure. */
  Outcome run(Path directory, Map<String, String> environment) {
    try {
      Path script =
          Files.writeString(directory.resolve("lines.sh"), String.join("\n", lines) + "\n");
      ProcessBuilder builder = new ProcessBuilder("sh", "-e", script.toString());
      builder.directory(directory.toFile()).redirectErrorStream(true);
      builder.environment().remove("ORIGIN");
      builder.environment().putAll(environment);
      Process process = builder.start();
      byte[] output = process.getInputStream().readAllBytes();
      Outcome outcome = new Outcome(process.waitFor(), new String(output, StandardCharsets.UTF_8));
      Files.delete(script);
      return outcome;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Exit status and output. */
  record Outcome(int status, String text) {}
}

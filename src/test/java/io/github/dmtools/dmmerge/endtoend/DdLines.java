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

/** The dd lines of a plan, to be run as an operator does. */
record DdLines(List<String> lines) {
  static DdLines of(JsonNode plan) {
    List<String> lines = new ArrayList<>();
    plan.path("exceptions").forEach(exception -> lines.add(exception.path("dd").asString()));
    return new DdLines(lines);
  }

  /** Runs all of them and fails if one does. */
  void run(Path directory) {
    Outcome outcome = run(directory, Map.of());
    if (outcome.status() != 0) {
      throw new AssertionError(lines + " ended with " + outcome.status() + "\n" + outcome.text());
    }
  }

  /** Runs them with {@code sh} up to the first that fails, in a directory. */
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

  /** How it ended and all that was said. */
  record Outcome(int status, String text) {}
}

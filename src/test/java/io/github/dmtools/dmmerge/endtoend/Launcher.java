package io.github.dmtools.dmmerge.endtoend;

import io.github.dmtools.dmmerge.cli.ThisProcess;
import io.github.dmtools.dmmerge.json.DocumentSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs {@code target/dm-merge/bin/dm-merge}. Every document that it prints is validated by its
 * schema.
 */
final class Launcher {
  /** Limit for a run that hangs: the slowest run on a busy machine takes minutes. */
  private static final long HANG_HOURS = 2;

  private static final int BUSY = 75;
  private static final int FORBIDDEN = 78;

  private final Path directory;
  private final List<String> prefix = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private Path executable = image().resolve("bin/dm-merge");
  private boolean inThisProcess;
  private byte[] input = {};

  /**
   * @param directory working directory, which also gets temporary output files
   */
  Launcher(Path directory) {
    this(directory, false);
  }

  private Launcher(Path directory, boolean inThisProcess) {
    this.directory = directory;
    this.inThisProcess = inThisProcess;
  }

  /**
   * Runs the same command lines without the launcher, which takes a tenth of the time: for what has
   * nothing to do with the process. With a prefix, an environment or another executable, and if it
   * is only started, a run gets a process all the same. Names must be absolute.
   */
  static Launcher inThisProcess(Path directory) {
    return new Launcher(directory, true);
  }

  /** The shipped image. */
  static Path image() {
    String image = System.getProperty("dmmerge.image");
    if (image == null) {
      throw new IllegalStateException("run by mvn verify: dmmerge.image is not set");
    }
    return Path.of(image);
  }

  /** A command in front of the launcher, such as {@code setpriv --reuid=65534 ...}. */
  Launcher prefixedBy(String... words) {
    inThisProcess = false;
    prefix.addAll(List.of(words));
    return this;
  }

  Launcher environment(String name, String value) {
    inThisProcess = false;
    environment.put(name, value);
    return this;
  }

  Launcher executable(Path path) {
    inThisProcess = false;
    executable = path;
    return this;
  }

  Launcher stdin(String text) {
    return stdin(text.getBytes(StandardCharsets.UTF_8));
  }

  Launcher stdin(byte[] bytes) {
    input = bytes;
    return this;
  }

  /** Starts the launcher, and does not wait. */
  Running start(String... arguments) {
    try {
      Path out = Files.createTempFile(directory, "stdout", "");
      Path err = Files.createTempFile(directory, "stderr", "");
      Path in = Files.createTempFile(directory, "stdin", "");
      Files.write(in, input);
      List<String> command = new ArrayList<>(prefix);
      command.add(executable.toString());
      command.addAll(List.of(arguments));
      ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
      builder.redirectInput(in.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().putAll(environment);
      String java = System.getProperty("dmmerge.java", "");
      if (!java.isEmpty() && !environment.containsKey("JAVA_HOME")) {
        builder.environment().put("JAVA_HOME", java);
      }
      return new Running(builder.start(), List.of(arguments), out, err, in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs the launcher, and waits for its end. */
  Result run(String... arguments) {
    if (!inThisProcess) {
      return start(arguments).await();
    }
    try {
      ThisProcess.Ended ended = ThisProcess.run(directory, input, arguments);
      return new Result(List.of(arguments), ended.status(), ended.stdout(), ended.stderr())
          .validated();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A run in progress. */
  record Running(Process process, List<String> arguments, Path out, Path err, Path in) {
    Result await() {
      try {
        if (!process.waitFor(HANG_HOURS, TimeUnit.HOURS)) {
          process.destroyForcibly();
          throw new AssertionError(arguments + " hangs");
        }
        Result result =
            new Result(arguments, process.exitValue(), Files.readAllBytes(out), stderr());
        Files.delete(out);
        Files.delete(err);
        Files.delete(in);
        return result.validated();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }

    /** The output so far. */
    String stderr() {
      try {
        return Files.readString(err);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The result of a run. */
  record Result(List<String> arguments, int status, byte[] stdout, String stderr) {
    private static final JsonMapper MAPPER = new JsonMapper();

    private Result validated() {
      if (isDocument()) {
        DocumentSchema.requireValid(json());
      }
      return this;
    }

    private boolean isDocument() {
      return stdout.length > 0 && stdout[0] == '{' && !arguments.contains("schema");
    }

    String text() {
      return new String(stdout, StandardCharsets.UTF_8);
    }

    /** The one document on stdout. */
    JsonNode json() {
      return MAPPER.readTree(stdout);
    }

    /** Fails with all output unless the run ended with this status. */
    Result expect(int expected) {
      if (status != expected) {
        throw new AssertionError(
            arguments + " ended with " + status + ", not " + expected + "\n" + stderr + text());
      }
      return this;
    }

    /** Fails unless the run ended with this problem: code, status, one line on stderr, no trace. */
    Result expectProblem(int expected, String code) {
      expect(expected);
      JsonNode problem = json();
      if (!problem.path("kind").asString().equals("problem")
          || !problem.path("code").asString().equals(code)
          || problem.path("exit_status").asInt() != expected) {
        throw new AssertionError(arguments + ": not " + code + " but " + text());
      }
      expectNoTrace();
      return this;
    }

    /** Fails unless the run ended with one of these problems, with status 75 or 78. */
    Result expectOneOf(String... codes) {
      String code = json().path("code").asString("");
      if (!List.of(codes).contains(code)) {
        throw new AssertionError(arguments + ": not one of " + List.of(codes) + " but " + text());
      }
      return expectProblem(code.equals("device.busy") ? BUSY : FORBIDDEN, code);
    }

    /** Fails if stderr has a stack trace, or is empty. */
    Result expectNoTrace() {
      if (stderr.isBlank() || stderr.contains("\tat ") || stderr.contains("Exception in")) {
        throw new AssertionError(arguments + ": stderr is\n" + stderr);
      }
      return this;
    }
  }
}

package io.github.dmtools.dmmerge.cli;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs command lines in this process, one at a time. All is as in a process of its own, except for
 * the launcher, the options of Java, and signals.
 */
public final class ThisProcess {
  private static final C LIB_C = Native.load("c", C.class);
  private static final int STDOUT = 1;
  private static final int O_WRONLY = 1;

  private ThisProcess() {}

  /** The functions of the C library that replace a descriptor. */
  private interface C extends Library {
    int open(String path, int flags);

    int dup(int fd);

    int dup2(int from, int to);

    int close(int fd);
  }

  /** How a run ended. */
  public record Ended(int status, byte[] stdout, String stderr) {}

  /**
   * Runs a command line.
   *
   * @param directory gets a temporary file
   */
  public static synchronized Ended run(Path directory, byte[] stdin, String... arguments)
      throws IOException {
    Path out = Files.createTempFile(directory, "stdout", "");
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    InputStream in = System.in;
    PrintStream err = System.err;
    int stdout = LIB_C.dup(STDOUT);
    System.setIn(new ByteArrayInputStream(stdin));
    System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
    redirect(out);
    int status;
    try {
      status = CommandLineRun.run(arguments);
    } finally {
      LIB_C.dup2(stdout, STDOUT);
      LIB_C.close(stdout);
      System.setErr(err);
      System.setIn(in);
    }
    byte[] written = Files.readAllBytes(out);
    Files.delete(out);
    return new Ended(status, written, errors.toString(StandardCharsets.UTF_8));
  }

  private static void redirect(Path out) {
    int fd = LIB_C.open(out.toString(), O_WRONLY);
    LIB_C.dup2(fd, STDOUT);
    LIB_C.close(fd);
  }
}

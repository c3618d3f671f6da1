package io.github.dmtools.dmmerge.cli.output;

import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** The raw standard output, which reports write errors, unlike {@code System.out}. */
public final class Stdout {
  private static final ProblemStream STREAM =
      problemStream(new FileOutputStream(FileDescriptor.out));

  private static volatile boolean readerGone;

  private Stdout() {}

  /** The stream. Its writes throw {@code output.stdout}. */
  public static OutputStream stream() {
    return STREAM;
  }

  private static ProblemStream problemStream(OutputStream raw) {
    return new ProblemStream(length -> raw, Stdout::problem);
  }

  /** Writes text. */
  public static void print(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 0) {
      STREAM.write(bytes, 0, bytes.length);
    }
  }

  /** True if a write failed because the reader closed the pipe, as {@code | head} does. */
  public static boolean isReaderGone() {
    return readerGone;
  }

  private static ProblemException problem(IOException e) {
    readerGone |= "Broken pipe".equals(e.getMessage());
    return new ProblemException(
        Problem.of(ProblemCode.OUTPUT_STDOUT, "cannot write to stdout: " + e.getMessage()), e);
  }
}

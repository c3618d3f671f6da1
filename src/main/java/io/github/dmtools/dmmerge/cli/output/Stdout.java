package io.github.dmtools.dmmerge.cli.output;

import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** The raw standard output: unlike {@code System.out} it says when it cannot be written. */
public final class Stdout {
  private static final ProblemStream STREAM =
      problemStream(new FileOutputStream(FileDescriptor.out));

  private static volatile boolean readerGone;

  private Stdout() {}

  /** Throws {@code output.stdout} where it cannot be written. */
  public static OutputStream stream() {
    return STREAM;
  }

  private static ProblemStream problemStream(OutputStream raw) {
    return new ProblemStream(length -> raw, Stdout::problem);
  }

  /** The same of text. */
  public static void print(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 0) {
      STREAM.write(bytes, 0, bytes.length);
    }
  }

  /** Whether it is a pipe or a socket that nobody reads any more, as {@code | head} ends. */
  public static boolean isReaderGone() {
    return readerGone;
  }

  private static ProblemException problem(IOException e) {
    readerGone |= "Broken pipe".equals(e.getMessage());
    return new ProblemException(
        Problem.of(ProblemCode.OUTPUT_STDOUT, "cannot write to stdout: " + e.getMessage()), e);
  }
}

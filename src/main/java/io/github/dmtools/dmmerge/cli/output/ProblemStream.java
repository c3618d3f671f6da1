package io.github.dmtools.dmmerge.cli.output;

import io.github.dmtools.dmmerge.problem.ProblemException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Function;

/** Translates the I/O errors of a stream into problems. */
final class ProblemStream extends OutputStream {
  /** Returns the stream for the next bytes. */
  @FunctionalInterface
  interface Target {
    OutputStream forBytes(int length) throws IOException;
  }

  private final Target target;
  private final Function<IOException, ProblemException> meaning;

  ProblemStream(Target target, Function<IOException, ProblemException> meaning) {
    this.target = target;
    this.meaning = meaning;
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    try {
      target.forBytes(length).write(bytes, offset, length);
    } catch (IOException e) {
      throw meaning.apply(e);
    }
  }
}

package io.github.dmtools.dmmerge.cli.output;

import io.github.dmtools.dmmerge.problem.ProblemException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Function;

/** A stream that says what its failure means, so that no layer between has to guess. */
final class ProblemStream extends OutputStream {
  /** Where the next bytes go. */
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

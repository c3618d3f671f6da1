package io.github.dmtools.dmmerge.cli.output;

import java.io.OutputStream;

/** The destination of a document. Nothing appears there before {@link #commit}. */
public interface DocumentOutput extends AutoCloseable {
  /** The stream that takes the document. */
  OutputStream stream();

  /**
   * Publishes the complete document.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code output.create}, {@code
   *     output.stdout}
   */
  void commit();

  /** Drops a document that was not committed. */
  @Override
  void close();
}

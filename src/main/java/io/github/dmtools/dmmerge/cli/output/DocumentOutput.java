package io.github.dmtools.dmmerge.cli.output;

import java.io.OutputStream;

/** Where a document goes: nowhere, until it is whole. */
public interface DocumentOutput extends AutoCloseable {
  /** Takes the document. */
  OutputStream stream();

  /**
   * The document is whole: puts it where it belongs.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code output.create}, {@code
   *     output.stdout}
   */
  void commit();

  /** Drops a document that was not committed. */
  @Override
  void close();
}

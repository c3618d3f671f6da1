package io.github.dmtools.dmmerge.ownfile;

import java.io.OutputStream;

/** A file that does not have its name yet. */
public interface NewFile extends AutoCloseable {
  /** Takes the content. Closing it leaves the file open. */
  OutputStream stream();

  /**
   * Gives the file its name at once, all of it durable. A file that is replaced hands on its mode
   * if it was our own; no mode gets wider than that file's.
   *
   * @throws TargetException also if the name no longer leads to what was found there
   */
  void commit() throws TargetException;

  /** Drops a file that was not committed. */
  @Override
  void close();
}

package io.github.dmtools.dmmerge.ownfile;

import java.io.OutputStream;

/** A new file that does not have its name yet. */
public interface NewFile extends AutoCloseable {
  /** The stream for the content. Closing it does not close the file. */
  OutputStream stream();

  /**
   * Makes the content durable and gives the file its name, atomically. It gets the mode of a
   * replaced file of the same user, and never a wider mode than a replaced file had.
   *
   * @throws TargetException also if the name leads to something else by now
   */
  void commit() throws TargetException;

  /** Drops a file that was not committed. */
  @Override
  void close();
}

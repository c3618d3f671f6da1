package io.github.dmtools.dmmerge.ownfile;

import java.io.OutputStream;
import java.util.List;
import java.util.function.Predicate;

/** A name in a directory that is held open, and what was there when it was looked up. */
public interface FileTarget extends AutoCloseable {
  /** What was found at the name. */
  enum Kind {
    NOTHING,
    /** A regular file. */
    FILE,
    /** What is written to and not replaced: a FIFO, a character device, a descriptor. */
    STREAM,
    /** A directory, a block device, a socket. */
    OTHER
  }

  Kind kind();

  /** What was found, for a sentence, such as {@code a block device}. */
  String typeName();

  /** The absolute path, without symbolic links. */
  String path();

  /** Whether it was, or would be, the very file that another path names. */
  boolean isSameAs(String other);

  /**
   * The first bytes of a regular file, {@code most} of them at most.
   *
   * @throws TargetException if it cannot be read, or another file took its name
   */
  byte[] beginning(int most) throws TargetException;

  /**
   * Opens a {@link Kind#STREAM} for appending. Waits for the reader of a FIFO.
   *
   * @throws TargetException also if it is another user's, in a directory that others can write
   */
  OutputStream openStream() throws TargetException;

  /**
   * Makes a file that gets the name when it is committed, in place of a regular file or of nothing.
   * Until then it has no name, or, where the file system does not have such files, one that the
   * next run derives too and clears away.
   *
   * @param leftover recognizes by its first bytes, 4096 at most, what a killed run left
   * @param inUse paths of files that are none, whatever they hold
   * @throws TargetException if it cannot be made here, also where the kernel makes the files, such
   *     as in /proc; {@link TargetException#isBusy} if another run is writing it
   */
  NewFile create(Predicate<byte[]> leftover, List<String> inUse) throws TargetException;

  /**
   * Opens a regular file for appending, or makes it with mode 0600. The name is durable.
   *
   * @throws TargetException also if it is another user's, in a directory that others can write
   */
  AppendFile openForAppending() throws TargetException;

  /**
   * Makes a file with mode 0600 in the same directory, its name this one's with a suffix.
   *
   * @throws TargetException with {@link TargetException#isTaken} if something has that name
   */
  AppendFile createBeside(String suffix) throws TargetException;

  @Override
  void close();
}

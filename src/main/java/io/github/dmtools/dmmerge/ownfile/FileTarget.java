package io.github.dmtools.dmmerge.ownfile;

import java.io.OutputStream;
import java.util.List;
import java.util.function.Predicate;

/** A name in an open directory, and what the name led to when it was looked up. */
public interface FileTarget extends AutoCloseable {
  /** What the name leads to. */
  enum Kind {
    NOTHING,
    /** A regular file. */
    FILE,
    /** Written and not replaced: a FIFO, a character device, a descriptor. */
    STREAM,
    /** A directory, a block device, a socket. */
    OTHER
  }

  /** What was found. */
  Kind kind();

  /** The type with its article for messages, such as {@code a block device}. */
  String typeName();

  /** The absolute path, without symbolic links. */
  String path();

  /** True if the target is, or would become, the file that another path leads to. */
  boolean isSameAs(String other);

  /**
   * Reads the first bytes of a regular file, at most {@code most}.
   *
   * @throws TargetException if it cannot be read, or was replaced
   */
  byte[] beginning(int most) throws TargetException;

  /**
   * Opens a {@link Kind#STREAM} for appending. Blocks until a FIFO has a reader.
   *
   * @throws TargetException also if it belongs to another user, in a directory that others can
   *     write
   */
  OutputStream openStream() throws TargetException;

  /**
   * Creates a file that gets the name when it is committed, replacing a regular file if there is
   * one. Until then it has no name or, if the file system does not support that, a temporary name
   * that the next run knows and removes.
   *
   * @param leftover recognizes a file that a killed run left, by its first 4096 bytes
   * @param inUse paths of files that are never leftovers
   * @throws TargetException if it cannot be created, also on a file system of the kernel such as
   *     /proc; {@link TargetException#isBusy} if another run is writing it
   */
  NewFile create(Predicate<byte[]> leftover, List<String> inUse) throws TargetException;

  /**
   * Opens a regular file for appending, or creates it durably with mode 0600.
   *
   * @throws TargetException also if it belongs to another user, in a directory that others can
   *     write
   */
  AppendFile openForAppending() throws TargetException;

  /**
   * Creates a file with mode 0600 in the same directory, with a suffix appended to the name.
   *
   * @throws TargetException {@link TargetException#isTaken} if that name exists
   */
  AppendFile createBeside(String suffix) throws TargetException;

  @Override
  void close();
}

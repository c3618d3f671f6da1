package io.github.dmtools.dmmerge.ownfile;

import java.nio.ByteBuffer;

/** A regular file open for reading and appending. */
public interface AppendFile extends AutoCloseable {
  /** The absolute path, without symbolic links. */
  String path();

  /**
   * Takes an exclusive lock until the file is closed. It conflicts with locks of fcntl(2).
   *
   * @return false if another program has a lock
   */
  boolean tryLock() throws TargetException;

  /** True if the path still leads to this file. */
  boolean isInPlace();

  /** Size in bytes. */
  long size() throws TargetException;

  /**
   * Reads exactly {@code length} bytes.
   *
   * @throws TargetException also if the file is too short
   */
  byte[] read(long offset, int length) throws TargetException;

  /** Appends all that remains in the buffer. */
  void append(ByteBuffer bytes) throws TargetException;

  /** Makes everything that was appended durable. */
  void sync() throws TargetException;

  /** Truncates the file to {@code bytes}, durably. */
  void cutTo(long bytes) throws TargetException;

  /** Removes the file, unless its path leads to another one. */
  void remove();

  @Override
  void close() throws TargetException;
}

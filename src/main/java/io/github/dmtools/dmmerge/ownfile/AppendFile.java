package io.github.dmtools.dmmerge.ownfile;

import java.nio.ByteBuffer;

/** A regular file open for reading and appending. */
public interface AppendFile extends AutoCloseable {
  /** Its absolute path, without symbolic links. */
  String path();

  /**
   * Takes a lock against every other run, for as long as it is open. Locks of fcntl(2) conflict
   * with it.
   *
   * @return false if another program has it
   */
  boolean tryLock() throws TargetException;

  /** Whether its path still leads to it. */
  boolean isInPlace();

  /** In bytes. */
  long size() throws TargetException;

  /**
   * Reads bytes that are there.
   *
   * @throws TargetException also where the file ends before
   */
  byte[] read(long offset, int length) throws TargetException;

  void append(ByteBuffer bytes) throws TargetException;

  /** Returns when everything that was appended is durable. */
  void sync() throws TargetException;

  /** Cuts the file to {@code bytes}, durably. */
  void cutTo(long bytes) throws TargetException;

  /** Takes the file's name away, unless somebody else did. */
  void remove();

  @Override
  void close() throws TargetException;
}

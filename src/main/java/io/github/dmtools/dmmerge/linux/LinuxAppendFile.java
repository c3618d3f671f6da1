package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.ownfile.AppendFile;
import io.github.dmtools.dmmerge.ownfile.TargetException;
import java.nio.ByteBuffer;

/** A log by one descriptor, open for reading and appending. */
final class LinuxAppendFile implements AppendFile {
  private final TargetCalls calls;
  private final String path;
  private final int fd;
  private final String identity;
  private final DescriptorStream stream;

  /** Closes the descriptor with itself. */
  LinuxAppendFile(TargetCalls calls, String path, int fd) throws TargetException {
    this.calls = calls;
    this.path = path;
    this.fd = fd;
    this.identity = calls.status(fd).identity();
    this.stream = new DescriptorStream(calls, fd);
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public boolean tryLock() throws TargetException {
    return calls.tryLock(fd);
  }

  @Override
  public boolean isInPlace() {
    return isAt(calls, path, identity);
  }

  /** Whether a path, its last name not followed, leads to that file. */
  static boolean isAt(TargetCalls calls, String path, String identity) {
    try {
      FileStatus there = calls.statusAt(LibC.AT_FDCWD, path);
      return there != null && there.identity().equals(identity);
    } catch (TargetException e) {
      return false;
    }
  }

  @Override
  public long size() throws TargetException {
    return calls.status(fd).size();
  }

  @Override
  public byte[] read(long offset, int length) throws TargetException {
    byte[] bytes = DescriptorReader.read(calls, fd, offset, length);
    if (bytes.length < length) {
      throw TargetException.refused(
          "it became shorter while it was read", "see who else writes to it");
    }
    return bytes;
  }

  @Override
  public void append(ByteBuffer bytes) throws TargetException {
    stream.write(bytes);
  }

  @Override
  public void sync() throws TargetException {
    calls.syncData(fd);
  }

  @Override
  public void cutTo(long bytes) throws TargetException {
    calls.cut(fd, bytes);
    calls.sync(fd);
  }

  @Override
  public void remove() {
    if (isInPlace()) {
      try {
        calls.unlink(LibC.AT_FDCWD, path);
      } catch (TargetException e) {
        // It stays, as what a killed run leaves does.
      }
    }
  }

  @Override
  public void close() {
    stream.close();
  }
}

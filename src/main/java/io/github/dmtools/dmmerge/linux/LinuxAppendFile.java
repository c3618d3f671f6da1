package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.ownfile.AppendFile;
import io.github.dmtools.dmmerge.ownfile.TargetException;
import java.nio.ByteBuffer;

/** An {@link AppendFile} by its descriptor. */
final class LinuxAppendFile implements AppendFile {
  private final TargetCalls calls;
  private final String path;
  private final int fd;
  private final String identity;
  private final DescriptorStream stream;

  /** Owns the descriptor. */
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

  /** True if the path leads to the file, without following a symbolic link at its end. */
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
          "it was truncated while it was read", "check which other program writes to it");
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
        // It stays, as after a kill.
      }
    }
  }

  @Override
  public void close() {
    stream.close();
  }
}

package io.github.dmtools.dmmerge.audit;

import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.Reasons;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/**
 * A log that is open for appending and locked. The lock is that of fcntl, which NFS has too; it is
 * lost when any descriptor of the file is closed, so that the one for reading stays open as long.
 * Java opens no file for reading and appending at once.
 */
final class LogFile implements AutoCloseable {
  /** Opens files; {@link FileChannel#open} does. */
  @FunctionalInterface
  interface Opener {
    FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException;
  }

  private final Path path;
  private final Opener opener;
  private final FileChannel appender;
  private final FileChannel reader;

  private LogFile(Path path, Opener opener, FileChannel appender, FileChannel reader) {
    this.path = path;
    this.opener = opener;
    this.appender = appender;
    this.reader = reader;
  }

  /**
   * Opens the log, or makes it with mode 0600, durably.
   *
   * @throws ProblemException {@code audit.open}; {@code audit.busy} if it is locked
   */
  static LogFile open(Path named, Opener opener) {
    try {
      create(named, opener);
      // A pipe must not be opened to see that it is one: that would wait for its other end.
      if (!Files.readAttributes(named, BasicFileAttributes.class).isRegularFile()) {
        throw problem(ProblemCode.AUDIT_OPEN, named, "cannot open", "it is no regular file");
      }
      Path path = named.toRealPath();
      Object key = key(path);
      FileChannel appender =
          opener.open(path, Set.of(StandardOpenOption.WRITE, StandardOpenOption.APPEND));
      try {
        lock(path, appender);
        if (!key.equals(key(path))) {
          throw problem(ProblemCode.AUDIT_BUSY, path, "cannot lock", "somebody replaced it");
        }
        FileChannel reader = opener.open(path, Set.of(StandardOpenOption.READ));
        return new LogFile(path, opener, appender, reader);
      } catch (IOException | RuntimeException e) {
        appender.close();
        throw e;
      }
    } catch (IOException e) {
      throw problem(ProblemCode.AUDIT_OPEN, named, "cannot open", e);
    }
  }

  private static void create(Path path, Opener opener) throws IOException {
    try {
      newFile(path, opener).close();
    } catch (FileAlreadyExistsException e) {
      // It is continued. Who made it may have been killed before its entry was durable.
    }
    forceFolder(path);
  }

  private static FileChannel newFile(Path path, Opener opener) throws IOException {
    return opener.open(
        path,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /** Makes the entry of a new file durable. */
  private static void forceFolder(Path path) throws IOException {
    Path folder = Objects.requireNonNull(path.toAbsolutePath().getParent(), "/ is no file");
    try (FileChannel channel = FileChannel.open(folder)) {
      channel.force(true);
    }
  }

  /** What no other file has, such as its device and inode. */
  private static Object key(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }

  private static void lock(Path path, FileChannel channel) throws IOException {
    boolean locked;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      locked = false;
    }
    if (!locked) {
      throw problem(ProblemCode.AUDIT_BUSY, path, "cannot lock", "another run is writing to it");
    }
  }

  Path path() {
    return path;
  }

  long size() throws IOException {
    return reader.size();
  }

  /**
   * Reads the bytes at {@code offset}, which are there.
   *
   * @throws IOException also where the file ends before
   */
  byte[] read(long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (reader.read(bytes, offset + bytes.position()) < 0) {
        throw new IOException("it became shorter while it was read");
      }
    }
    return bytes.array();
  }

  void append(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      appender.write(bytes);
    }
  }

  void force() throws IOException {
    appender.force(false);
  }

  /**
   * Moves everything from {@code offset} on into a new file beside the log. It is durable there
   * before it is cut off here: killed in between, it is in both.
   *
   * @return the new file: the log's name and {@code .torn-1}, or the next number that is free
   */
  Path keepAside(long offset) throws IOException {
    for (int number = 1; ; number++) {
      Path aside = path.resolveSibling(path.getFileName() + TornFiles.INFIX + number);
      try (FileChannel copy = newFile(aside, opener)) {
        copyFrom(offset, copy);
      } catch (FileAlreadyExistsException e) {
        continue;
      } catch (IOException e) {
        Files.delete(aside); // half a copy; the log still has all of it
        throw e;
      }
      forceFolder(aside);
      appender.truncate(offset);
      appender.force(true);
      return aside;
    }
  }

  private void copyFrom(long offset, FileChannel copy) throws IOException {
    long end = size();
    for (long at = offset; at < end; ) {
      long copied = reader.transferTo(at, end - at, copy);
      if (copied == 0) {
        throw new IOException("it became shorter while it was read");
      }
      at += copied;
    }
    copy.force(true);
  }

  @Override
  public void close() throws IOException {
    try (reader) {
      appender.close();
    }
  }

  static ProblemException problem(ProblemCode code, Path path, String what, Exception e) {
    return new ProblemException(
        Problem.at(code, path.toString(), sentence(path, what, Reasons.of(e))), e);
  }

  static ProblemException problem(ProblemCode code, Path path, String what, String why) {
    return new ProblemException(Problem.at(code, path.toString(), sentence(path, what, why)));
  }

  private static String sentence(Path path, String what, String why) {
    return what + " the audit log " + path + ": " + why;
  }
}

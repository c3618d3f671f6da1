package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.ownfile.AppendFile;
import io.github.dmtools.dmmerge.ownfile.FileTarget;
import io.github.dmtools.dmmerge.ownfile.NewFile;
import io.github.dmtools.dmmerge.ownfile.TargetException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A {@link FileTarget} by the descriptor of its directory. */
final class LinuxFileTarget implements FileTarget {
  private static final int PRIVATE_MODE = 0600;
  private static final int BEGINNING_BYTES = 4096;

  private final TargetCalls calls;
  private final TargetLookup.Found found;

  LinuxFileTarget(TargetCalls calls, TargetLookup.Found found) {
    this.calls = calls;
    this.found = found;
  }

  @Override
  public Kind kind() {
    FileStatus status = found.status();
    if (status == null) {
      return Kind.NOTHING;
    }
    if (status.isStream() || (found.descriptor() && status.isRegular())) {
      return Kind.STREAM;
    }
    return status.isRegular() ? Kind.FILE : Kind.OTHER;
  }

  @Override
  public String typeName() {
    FileStatus status = found.status();
    return status == null ? "nothing" : status.typeName();
  }

  @Override
  public String path() {
    return found.path();
  }

  TargetCalls calls() {
    return calls;
  }

  int directory() {
    return found.directory();
  }

  String name() {
    return found.name();
  }

  @Nullable FileStatus status() {
    return found.status();
  }

  @Override
  public boolean isSameAs(String other) {
    try {
      FileStatus there = calls.statusFollowing(LibC.AT_FDCWD, other);
      if (there != null) {
        return found.status() != null && there.identity().equals(found.status().identity());
      }
      TargetLookup.Found missing = TargetLookup.find(calls, other, true);
      calls.close(missing.directory());
      return found.name().equals(missing.name())
          && found.directoryStatus().identity().equals(missing.directoryStatus().identity());
    } catch (TargetException e) {
      return false; // there is no such file, and none could be created
    }
  }

  @Override
  public byte[] beginning(int most) throws TargetException {
    int fd = openFound(LibC.O_RDONLY | LibC.O_NONBLOCK);
    try {
      return DescriptorReader.read(calls, fd, 0, most);
    } finally {
      calls.close(fd);
    }
  }

  @Override
  public OutputStream openStream() throws TargetException {
    if (!found.descriptor()) {
      requireTrusted();
    }
    // O_APPEND, so that /dev/stdout with `>> file` keeps the content.
    return new DescriptorStream(calls, openFound(LibC.O_WRONLY | LibC.O_APPEND));
  }

  @Override
  public NewFile create(Predicate<byte[]> leftover, List<String> inUse) throws TargetException {
    requireFileStorage();
    return LinuxNewFile.create(
        calls,
        this,
        (status, fd) ->
            leftover.test(DescriptorReader.read(calls, fd, 0, BEGINNING_BYTES))
                && !isOneOf(inUse, status));
  }

  private boolean isOneOf(List<String> paths, FileStatus status) throws TargetException {
    for (String path : paths) {
      FileStatus there = calls.statusFollowing(LibC.AT_FDCWD, path);
      if (there != null && there.identity().equals(status.identity())) {
        return true;
      }
    }
    return false;
  }

  @Override
  public AppendFile openForAppending() throws TargetException {
    requireFileStorage();
    int flags = LibC.O_RDWR | LibC.O_APPEND;
    int fd;
    if (found.status() == null) {
      fd = createNamed(found.name(), flags);
    } else {
      requireTrusted();
      fd = openFound(flags | LibC.O_NONBLOCK);
    }
    try {
      // An earlier run may have been killed before its entry was durable.
      calls.sync(directory());
      return new LinuxAppendFile(calls, path(), fd);
    } catch (TargetException e) {
      calls.close(fd);
      throw e;
    }
  }

  @Override
  public AppendFile createBeside(String suffix) throws TargetException {
    int fd = createNamed(name() + suffix, LibC.O_RDWR | LibC.O_APPEND);
    try {
      calls.sync(directory());
      return new LinuxAppendFile(calls, path() + suffix, fd);
    } catch (TargetException e) {
      calls.close(fd);
      throw e;
    }
  }

  private int createNamed(String name, int flags) throws TargetException {
    int create = flags | LibC.O_CREAT | LibC.O_EXCL | calls.noFollow();
    int fd = calls.tryOpen(directory(), name, create, PRIVATE_MODE);
    if (fd == -Errno.EEXIST) {
      throw TargetException.taken(
          "another program created " + name + " at the same time", Errno.EEXIST, "run it again");
    }
    if (fd < 0) {
      throw calls.failed(-fd);
    }
    return fd;
  }

  /** Opens the file that was found, and no other file that has its name now. */
  int openFound(int flags) throws TargetException {
    FileStatus status = found.status();
    if (status == null) {
      throw calls.failed(Errno.ENOENT);
    }
    int noFollow = found.descriptor() ? 0 : calls.noFollow();
    int fd = calls.open(directory(), name(), flags | noFollow);
    try {
      if (!calls.status(fd).identity().equals(status.identity())) {
        throw TargetException.refused(
            "it was replaced while it was opened", "check which program writes there");
      }
      return fd;
    } catch (TargetException e) {
      calls.close(fd);
      throw e;
    }
  }

  /** Refuses a file that another user controls. */
  void requireTrusted() throws TargetException {
    FileStatus status = found.status();
    if (status != null && !TargetLookup.isTrusted(found.directoryStatus(), status, calls.user())) {
      throw TargetException.refused(
          "it belongs to another user, in a directory that others can write",
          "name a file in a directory that only root, or you, can write");
    }
  }

  void requireFileStorage() throws TargetException {
    if (!FileSystems.storesFiles(calls.fileSystem(directory()))) {
      throw TargetException.refused(
          "it is on a file system of the kernel", "name a file on a disk or in memory");
    }
  }

  @Override
  public void close() {
    calls.close(found.directory());
  }
}

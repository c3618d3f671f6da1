package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A regular file, open for reading. Unlike Java's open, this one never blocks if the path has
 * become a FIFO.
 */
public final class RegularFile implements AutoCloseable {
  private final Syscalls syscalls;
  private final String path;
  private final int fd;

  RegularFile(Syscalls syscalls, String path) {
    this.syscalls = syscalls;
    this.path = path;
    requireRegular(syscalls.status(path));
    this.fd = syscalls.tryOpen(path, LibC.O_RDONLY | LibC.O_NONBLOCK);
    if (fd < 0) {
      throw syscalls.failedOpen(path, -fd);
    }
    try {
      requireRegular(syscalls.status(fd, path));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void requireRegular(FileStatus status) {
    if (!status.isRegular()) {
      throw new ProblemException(
          Problem.at(
                  ProblemCode.PATH_WRONG_TYPE,
                  path,
                  path + " is " + status.typeName() + ", not a regular file")
              .withHint("name a regular file"));
    }
  }

  /**
   * A path by which Java can open this file until it is closed. Without {@code /proc} it is the
   * original path.
   */
  public Path openable() {
    Path descriptor = Path.of("/proc/self/fd/" + fd);
    return Files.exists(descriptor) ? descriptor : Path.of(path);
  }

  @Override
  public void close() {
    syscalls.libC().close(fd);
  }
}

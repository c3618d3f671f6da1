package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.LockMode;
import io.github.dmtools.dmmerge.device.PreallocatedFile;
import io.github.dmtools.dmmerge.ownfile.TargetException;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A {@link PreallocatedFile} by its descriptor, buffered. A new one has a temporary name first. */
final class LinuxPreallocatedFile extends LinuxDevice implements PreallocatedFile {
  private static final int ZEROES_BYTES = 1 << 20;

  private final Syscalls syscalls;
  private final LinuxFileTarget target;
  private volatile long sizeBytes;
  private @Nullable TemporaryName temporary;

  /**
   * Owns the descriptor and the target.
   *
   * @param temporary name of a new file until it is published; null for an existing file
   */
  LinuxPreallocatedFile(
      Syscalls syscalls,
      String path,
      FileStatus status,
      int fd,
      LinuxFileTarget target,
      @Nullable TemporaryName temporary) {
    super(
        syscalls,
        path,
        status,
        new Geometry(status.size(), ChunkSize.SECTOR_BYTES),
        new DeviceIo(syscalls, path, fd, -1, AlignedBuffers.ALIGNMENT, warning -> {}));
    this.syscalls = syscalls;
    this.target = target;
    this.temporary = temporary;
    this.sizeBytes = status.size();
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public void reserve(long bytes) {
    long before = sizeBytes;
    if (bytes <= before) {
      return;
    }
    try {
      boolean allocated = allocate(bytes);
      sizeBytes = bytes;
      if (!allocated) {
        writeZeroes(before);
      }
      barrier();
    } catch (ProblemException e) {
      sizeBytes = before;
      // It may have grown in part. An error here adds nothing to the failure.
      syscalls.libC().ftruncate(fd(), before);
      throw cannotReserve(e.problem(), e);
    }
  }

  private static ProblemException cannotReserve(Problem p, ProblemException cause) {
    return new ProblemException(
        new Problem(
            ProblemCode.UNDO_CREATE, p.message(), p.path(), p.pointer(), p.offset(), p.errno()),
        cause);
  }

  /** False if the file system cannot reserve space. */
  private boolean allocate(long bytes) {
    while (syscalls.libC().fallocate(fd(), 0, 0, bytes) != 0) {
      int errno = syscalls.libC().errno();
      if (errno == Errno.EOPNOTSUPP || errno == Errno.ENOSYS) {
        return false;
      }
      if (errno != Errno.EINTR) {
        throw syscalls.failed(
            ProblemCode.UNDO_CREATE,
            "cannot reserve " + bytes + " bytes for " + path(),
            path(),
            null,
            errno);
      }
    }
    return true;
  }

  private void writeZeroes(long from) {
    ByteBuffer zeroes = AlignedBuffers.allocate(ZEROES_BYTES);
    for (long at = from; at < sizeBytes; at += ZEROES_BYTES) {
      write(zeroes.clear().limit((int) Math.min(ZEROES_BYTES, sizeBytes - at)), at);
    }
  }

  @Override
  public void publish() {
    TemporaryName from = temporary;
    if (from == null) {
      throw new IllegalStateException(path() + " is already published");
    }
    TargetCalls calls = target.calls();
    try {
      int errno = calls.tryLink(target.directory(), from.name(), target.name());
      if (errno == Errno.EEXIST) {
        throw replaced(path());
      }
      if (errno == 0) {
        calls.unlink(target.directory(), from.name());
      } else if (calls.statusAt(target.directory(), target.name()) == null) {
        // A file system without hard links.
        calls.rename(target.directory(), from.name(), target.name());
      } else {
        throw replaced(path());
      }
      temporary = null;
      calls.sync(target.directory());
    } catch (TargetException e) {
      throw cannot("create", path(), e);
    }
  }

  @Override
  public boolean isInPlace() {
    return LinuxAppendFile.isAt(target.calls(), target.path(), status().identity());
  }

  @Override
  public void cutTo(long bytes) {
    if (bytes >= sizeBytes) {
      return;
    }
    while (syscalls.libC().ftruncate(fd(), bytes) != 0) {
      int errno = syscalls.libC().errno();
      if (errno != Errno.EINTR) {
        throw syscalls.failed(
            ProblemCode.DEVICE_WRITE, "cannot truncate " + path(), path(), bytes, errno);
      }
    }
    sizeBytes = bytes;
  }

  /** Locks the file, or throws {@code device.busy}. */
  void lock() {
    if (!tryLock(LockMode.EXCLUSIVE)) {
      throw busy(path());
    }
  }

  static ProblemException busy(String path) {
    return new ProblemException(
        Problem.at(ProblemCode.DEVICE_BUSY, path, "another program holds the lock on " + path));
  }

  static ProblemException replaced(String path) {
    return new ProblemException(
        Problem.at(
            ProblemCode.DEVICE_BUSY, path, "another program is creating or removing " + path));
  }

  /** The problem of an undo store that cannot be opened or created. */
  static ProblemException cannot(String what, String path, TargetException e) {
    if (e.isBusy()) {
      return busy(path);
    }
    String message = "cannot " + what + " " + path + ": " + e.getMessage();
    Problem problem = new Problem(ProblemCode.UNDO_CREATE, message, path, null, null, e.errno());
    return new ProblemException(problem.withHint(e.hint()), e);
  }

  @Override
  public synchronized void close() {
    if (!isClosed()) {
      closeFile();
      target.close();
    }
  }

  /** Closes the file, but not the target. */
  synchronized void closeFile() {
    if (temporary != null) {
      temporary = null;
      dropTemporaryName();
    }
    super.close();
  }

  private void dropTemporaryName() {
    try {
      TemporaryName name = new TemporaryName(target.calls(), target);
      FileStatus there = target.calls().statusAt(target.directory(), name.name());
      if (there != null && there.identity().equals(status().identity())) {
        target.calls().unlink(target.directory(), name.name());
      }
    } catch (TargetException e) {
      // The next run removes it.
    }
  }
}

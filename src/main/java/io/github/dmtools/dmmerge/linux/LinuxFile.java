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

/** A file of our own by its descriptor, buffered; a new one has a name beside its path at first. */
final class LinuxFile extends LinuxDevice implements PreallocatedFile {
  private static final int ZEROES_BYTES = 1 << 20;

  private final Syscalls syscalls;
  private final LinuxFileTarget target;
  private volatile long sizeBytes;
  private @Nullable TemporaryName temporary;

  /**
   * Closes the descriptor and the target with itself.
   *
   * @param temporary the name that a new file has until it is published
   */
  LinuxFile(
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
        new Geometry(status.size(), ChunkSize.SECTOR_BYTES, AlignedBuffers.ALIGNMENT),
        fd,
        -1,
        warning -> {});
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
      // It may have grown in part. What this answers cannot be told any better than the failure.
      syscalls.libC().ftruncate(fd(), before);
      throw syscalls.asUndoCreate(e);
    }
  }

  /** False where the file system cannot reserve space by itself. */
  private boolean allocate(long bytes) {
    while (syscalls.libC().fallocate(fd(), 0, 0, bytes) != 0) {
      int errno = syscalls.libC().errno();
      if (errno == Errno.EOPNOTSUPP || errno == Errno.ENOSYS) {
        return false;
      }
      if (errno != Errno.EINTR) {
        throw syscalls.failedUndoCreate(
            "cannot reserve " + bytes + " bytes for " + path(), path(), errno);
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
      throw new IllegalStateException(path() + " has its name already");
    }
    TargetCalls calls = target.calls();
    try {
      int errno = calls.tryLink(target.directory(), from.name(), target.name());
      if (errno == Errno.EEXIST) {
        throw becameAnother(path());
      }
      if (errno == 0) {
        calls.unlink(target.directory(), from.name());
      } else if (calls.statusAt(target.directory(), target.name()) == null) {
        // A file system without hard links.
        calls.rename(target.directory(), from.name(), target.name());
      } else {
        throw becameAnother(path());
      }
      temporary = null;
      calls.sync(target.directory());
    } catch (TargetException e) {
      throw cannot("make", path(), e);
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
            ProblemCode.DEVICE_WRITE, "cannot cut " + path(), path(), bytes, errno);
      }
    }
    sizeBytes = bytes;
  }

  /** Takes the lock of a file that nobody else may fill. */
  void lock() {
    if (!tryLock(LockMode.EXCLUSIVE)) {
      throw busy(path());
    }
  }

  static ProblemException busy(String path) {
    return new ProblemException(
        Problem.at(ProblemCode.DEVICE_BUSY, path, "another program holds the lock on " + path));
  }

  static ProblemException becameAnother(String path) {
    return new ProblemException(
        Problem.at(ProblemCode.DEVICE_BUSY, path, "another program makes or removes " + path));
  }

  /** The problem of an undo store that cannot be opened or made. */
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
      closeFileAlone();
      target.close();
    }
  }

  /** Leaves the target to who opened it. */
  synchronized void closeFileAlone() {
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
      // The next run clears it away.
    }
  }
}

package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.LockMode;
import io.github.dmtools.dmmerge.device.OwnFile;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A file of our own by its descriptor, buffered; a new one has a name beside its path at first. */
final class LinuxFile extends LinuxDevice implements OwnFile {
  private static final int ZEROES_BYTES = 1 << 20;

  private final Syscalls syscalls;
  private volatile long sizeBytes;
  private @Nullable String temporary;

  LinuxFile(Syscalls syscalls, String path, FileStatus status, int fd) {
    super(
        syscalls,
        path,
        status,
        new Geometry(status.size(), ChunkSize.SECTOR_BYTES, AlignedBuffers.ALIGNMENT),
        fd,
        -1,
        warning -> {});
    this.syscalls = syscalls;
    this.sizeBytes = status.size();
  }

  /** It is new, and lies there until it is published. */
  void liesAt(String name) {
    temporary = name;
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
    String from = temporary;
    if (from == null) {
      throw new IllegalStateException(path() + " has its name already");
    }
    syscalls.rename(from, path());
    temporary = null;
    syscalls.syncFolderOf(path());
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

  @Override
  public synchronized void close() {
    String leftover = temporary;
    if (leftover != null) {
      temporary = null;
      syscalls.unlink(leftover);
    }
    super.close();
  }
}

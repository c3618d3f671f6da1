package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.WarningSink;
import java.nio.ByteBuffer;

/**
 * Reads and writes through one or two descriptors. With O_DIRECT, the aligned part of a transfer
 * bypasses the page cache, and the rest (the last bytes of a file, a chunk smaller than the
 * alignment) goes through it; the kernel keeps the two coherent.
 */
final class DeviceIo {
  private final Syscalls syscalls;
  private final String path;
  private final int fd;
  private final int directFd;
  private final int alignment;
  private final WarningSink warnings;
  private volatile boolean directRefused;

  /**
   * @param directFd opened with O_DIRECT; -1 for none
   * @param alignment of offsets, lengths and addresses for O_DIRECT, in bytes; a power of two
   */
  DeviceIo(
      Syscalls syscalls, String path, int fd, int directFd, int alignment, WarningSink warnings) {
    this.syscalls = syscalls;
    this.path = path;
    this.fd = fd;
    this.directFd = directFd;
    this.alignment = alignment;
    this.warnings = warnings;
  }

  int fd() {
    return fd;
  }

  int alignment() {
    return alignment;
  }

  boolean direct() {
    return directFd >= 0 && !directRefused;
  }

  /** Transfers all that remains in the buffer. */
  void transfer(ByteBuffer buffer, long offset, boolean write) {
    long address = LibC.address(buffer) + buffer.position();
    long done = 0;
    long count = buffer.remaining();
    if (direct() && ((address | offset) & (alignment - 1)) == 0) {
      done = transfer(true, address, count & -alignment, offset, write);
    }
    transfer(false, address + done, count - done, offset + done, write);
    buffer.position(buffer.limit());
  }

  /** Handles short transfers, EINTR and a late refusal of O_DIRECT. Returns the bytes done. */
  private long transfer(boolean direct, long address, long count, long offset, boolean write) {
    LibC libC = syscalls.libC();
    long done = 0;
    while (done < count) {
      int descriptor = direct ? directFd : fd;
      long n =
          write
              ? libC.pwrite(descriptor, address + done, count - done, offset + done)
              : libC.pread(descriptor, address + done, count - done, offset + done);
      if (n > 0) {
        done += n;
        continue;
      }
      int errno = n < 0 ? libC.errno() : 0;
      if (errno == Errno.EINTR) {
        continue;
      }
      if (errno == Errno.EINVAL && direct) {
        giveUpDirect();
        return done;
      }
      throw failed(offset + done, write, errno);
    }
    return done;
  }

  private ProblemException failed(long offset, boolean write, int errno) {
    ProblemCode code = write ? ProblemCode.DEVICE_WRITE : ProblemCode.DEVICE_READ;
    String what = (write ? "cannot write " : "cannot read ") + path + " at byte " + offset;
    if (errno == 0) {
      return new ProblemException(
          Problem.at(code, path, offset, what + ": it was truncated while in use"));
    }
    return syscalls.failed(code, what, path, offset, errno);
  }

  private synchronized void giveUpDirect() {
    // The descriptor stays open: another thread may be using it.
    if (!directRefused) {
      directRefused = true;
      warnings.warn(LinuxDevices.directUnavailable(path));
    }
  }

  void close() {
    if (directFd >= 0) {
      syscalls.libC().close(directFd);
    }
    syscalls.libC().close(fd);
  }
}

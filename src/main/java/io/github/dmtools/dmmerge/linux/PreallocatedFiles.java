package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.PreallocatedFile;
import io.github.dmtools.dmmerge.ownfile.FileTarget.Kind;
import io.github.dmtools.dmmerge.ownfile.TargetException;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Opens and creates {@link LinuxPreallocatedFile}s. A new file is created and locked under a
 * temporary name that every run derives alike. The holder of that lock may replace the file, and
 * may publish it.
 */
final class PreallocatedFiles {
  /** Offset of a field in the store's header. */
  private static final int CHUNK_SIZE_AT = 12;

  private static final int ENTRY_BYTES = 16;
  private static final int MODE = 0600;

  private final Syscalls syscalls;
  private final LinuxFileTargets targets;

  PreallocatedFiles(Syscalls syscalls, LinuxFileTargets targets) {
    this.syscalls = syscalls;
    this.targets = targets;
  }

  /** Opens and locks the file at a path; null if there is none. */
  @Nullable LinuxPreallocatedFile open(String path) {
    LinuxFileTarget target;
    try {
      target = targets.open(path, false);
    } catch (TargetException e) {
      if (Integer.valueOf(Errno.ENOENT).equals(e.errno())) {
        return null;
      }
      throw LinuxPreallocatedFile.cannot("open", path, e);
    }
    try {
      if (target.kind() == Kind.NOTHING) {
        target.close();
        return null;
      }
      return open(path, target);
    } catch (RuntimeException e) {
      target.close();
      throw e;
    }
  }

  private LinuxPreallocatedFile open(String path, LinuxFileTarget target) {
    if (target.kind() != Kind.FILE) {
      throw new ProblemException(
          Problem.at(
              ProblemCode.UNDO_NOT_OURS,
              path,
              path + " is " + target.typeName() + ", not a regular file"));
    }
    try {
      target.requireTrusted();
      LinuxPreallocatedFile file =
          wrap(path, target, target.openFound(LibC.O_RDWR | LibC.O_NONBLOCK), null);
      try {
        file.lock();
        return file;
      } catch (RuntimeException e) {
        file.closeFile();
        throw e;
      }
    } catch (TargetException e) {
      throw LinuxPreallocatedFile.cannot("open", path, e);
    }
  }

  /** Creates a file of {@code bytes} zeroes with reserved space, not yet published. */
  LinuxPreallocatedFile create(String path, long bytes) {
    LinuxFileTarget target;
    try {
      target = targets.open(path, false);
    } catch (TargetException e) {
      throw LinuxPreallocatedFile.cannot("create", path, e);
    }
    try {
      LinuxPreallocatedFile file = create(path, target);
      try {
        // A run that created it before held this lock until it was published.
        if (target.calls().statusAt(target.directory(), target.name()) != null) {
          throw LinuxPreallocatedFile.replaced(path);
        }
        file.reserve(bytes);
        return file;
      } catch (RuntimeException | TargetException e) {
        file.closeFile();
        throw e;
      }
    } catch (TargetException e) {
      target.close();
      throw LinuxPreallocatedFile.cannot("create", path, e);
    } catch (RuntimeException e) {
      target.close();
      throw e;
    }
  }

  private LinuxPreallocatedFile create(String path, LinuxFileTarget target) throws TargetException {
    target.requireFileStorage();
    TemporaryName temporary = new TemporaryName(target.calls(), target);
    temporary.clear((status, fd) -> isUnused(target.calls(), fd));
    int fd = temporary.create(MODE);
    try {
      // Durable first, so that after a power failure the next run recognizes the file.
      byte[] mark = PreallocatedFile.MARK.getBytes(StandardCharsets.US_ASCII);
      byte[] beginning = new byte[PreallocatedFile.MARK_OFFSET + mark.length];
      System.arraycopy(mark, 0, beginning, PreallocatedFile.MARK_OFFSET, mark.length);
      new DescriptorStream(target.calls(), fd).write(beginning, 0, beginning.length);
      target.calls().sync(fd);
    } catch (TargetException e) {
      target.calls().unlink(target.directory(), temporary.name());
      target.calls().close(fd);
      throw e;
    }
    return wrap(path, target, fd, temporary);
  }

  /** True for an undo store without entries, which can be removed. */
  private static boolean isUnused(TargetCalls calls, int fd) throws TargetException {
    byte[] sector = DescriptorReader.read(calls, fd, 0, ChunkSize.SECTOR_BYTES);
    String start = new String(sector, StandardCharsets.ISO_8859_1);
    if (!start.startsWith(PreallocatedFile.MARK, PreallocatedFile.MARK_OFFSET)) {
      return false;
    }
    ByteBuffer header = ByteBuffer.wrap(sector).order(ByteOrder.LITTLE_ENDIAN);
    long chunkBytes = Integer.toUnsignedLong(header.getInt(CHUNK_SIZE_AT)) * ChunkSize.SECTOR_BYTES;
    byte[] entry = DescriptorReader.read(calls, fd, chunkBytes, ENTRY_BYTES);
    return chunkBytes == 0 || Arrays.equals(entry, new byte[entry.length]);
  }

  private LinuxPreallocatedFile wrap(
      String path, LinuxFileTarget target, int fd, @Nullable TemporaryName temporary)
      throws TargetException {
    try {
      FileStatus status = target.calls().status(fd);
      return new LinuxPreallocatedFile(syscalls, path, status, fd, target, temporary);
    } catch (TargetException e) {
      target.calls().close(fd);
      throw e;
    }
  }
}

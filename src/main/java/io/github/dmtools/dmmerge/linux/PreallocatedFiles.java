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
 * Opens and makes {@link LinuxFile}s. A new file is made beside its path, under a name that every
 * run derives alike, and locked there: who holds the lock of the file at that name may replace it,
 * and may give it its path.
 */
final class PreallocatedFiles {
  /** Of the store's header, and of the first entry in chunk 1: FORMAT of the exception store. */
  private static final int CHUNK_SIZE_AT = 12;

  private static final int ENTRY_BYTES = 16;
  private static final int MODE = 0600;

  private final Syscalls syscalls;
  private final LinuxFileTargets targets;

  PreallocatedFiles(Syscalls syscalls, LinuxFileTargets targets) {
    this.syscalls = syscalls;
    this.targets = targets;
  }

  /** The file at the path, locked; null if there is none. */
  @Nullable LinuxFile open(String path) {
    LinuxFileTarget target;
    try {
      target = targets.open(path, false);
    } catch (TargetException e) {
      if (Integer.valueOf(Errno.ENOENT).equals(e.errno())) {
        return null;
      }
      throw LinuxFile.cannot("open", path, e);
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

  private LinuxFile open(String path, LinuxFileTarget target) {
    if (target.kind() != Kind.FILE) {
      throw new ProblemException(
          Problem.at(
              ProblemCode.UNDO_NOT_OURS,
              path,
              path + " is " + target.typeName() + ", not a regular file"));
    }
    try {
      target.requireTrusted();
      LinuxFile file = wrap(path, target, target.openFound(LibC.O_RDWR | LibC.O_NONBLOCK), null);
      try {
        file.lock();
        return file;
      } catch (RuntimeException e) {
        file.closeFileAlone();
        throw e;
      }
    } catch (TargetException e) {
      throw LinuxFile.cannot("open", path, e);
    }
  }

  /** A new file of {@code bytes}, all reserved and zero, not yet at its path. */
  LinuxFile create(String path, long bytes) {
    LinuxFileTarget target;
    try {
      target = targets.open(path, false);
    } catch (TargetException e) {
      throw LinuxFile.cannot("make", path, e);
    }
    try {
      LinuxFile file = create(path, target);
      try {
        // Who made it before us held the same lock until it was at its path.
        if (target.calls().statusAt(target.directory(), target.name()) != null) {
          throw LinuxFile.becameAnother(path);
        }
        file.reserve(bytes);
        return file;
      } catch (RuntimeException | TargetException e) {
        file.closeFileAlone();
        throw e;
      }
    } catch (TargetException e) {
      target.close();
      throw LinuxFile.cannot("make", path, e);
    } catch (RuntimeException e) {
      target.close();
      throw e;
    }
  }

  private LinuxFile create(String path, LinuxFileTarget target) throws TargetException {
    target.requireKept();
    TemporaryName temporary = new TemporaryName(target.calls(), target);
    temporary.clear((status, fd) -> isUnused(target.calls(), fd));
    int fd = temporary.create(MODE);
    try {
      // Durable before anything else, so that even after a power cut the next run knows it.
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

  /** Whether it is an undo store without a single entry: nothing is lost with it. */
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

  private LinuxFile wrap(
      String path, LinuxFileTarget target, int fd, @Nullable TemporaryName temporary)
      throws TargetException {
    try {
      FileStatus status = target.calls().status(fd);
      return new LinuxFile(syscalls, path, status, fd, target, temporary);
    } catch (TargetException e) {
      target.calls().close(fd);
      throw e;
    }
  }
}

package io.github.dmtools.dmmerge.device;

import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;

/** A file of our own in memory, on a file system with so much room. */
public final class MemoryFile extends MemoryDevice implements PreallocatedFile {
  private static final int ENOSPC = 28;

  private final MemoryDisk disk;
  private final long room;
  private final Runnable published;

  /**
   * @param room the most bytes that it can have
   * @param published what happens when it gets its name
   */
  public MemoryFile(MemoryDisk disk, long room, Runnable published) {
    super(disk, true, false);
    this.disk = disk;
    this.room = room;
    this.published = published;
  }

  @Override
  public DeviceType type() {
    return DeviceType.FILE;
  }

  @Override
  public long sizeBytes() {
    return disk.size();
  }

  @Override
  public void reserve(long bytes) {
    if (bytes > room) {
      throw new ProblemException(
          new Problem(ProblemCode.UNDO_CREATE, "no room", path(), null, null, ENOSPC));
    }
    if (bytes > disk.size()) {
      disk.resize(bytes);
    }
  }

  @Override
  public void publish() {
    published.run();
  }

  @Override
  public boolean isInPlace() {
    return true;
  }

  @Override
  public void cutTo(long bytes) {
    if (bytes < disk.size()) {
      disk.resize(bytes);
    }
  }
}

package io.github.dmtools.dmmerge.device;

import java.nio.ByteBuffer;

/**
 * An open block device, or a file that holds the bytes of one.
 *
 * <p>Every method that does I/O throws {@link io.github.dmtools.dmmerge.problem.ProblemException}
 * with the path, the offset and the system's error number. Buffers are direct ({@link
 * AlignedBuffers}). Safe for use by several threads, on different buffers.
 */
public interface BlockDevice extends AutoCloseable {
  /** The path it was opened by, absolute. */
  String path();

  DeviceType type();

  /** Size in bytes when it was opened; it never grows. */
  long sizeBytes();

  /** Smallest unit of I/O of the device in bytes; 512 for a file. */
  int logicalBlockBytes();

  /** Whether reads and writes go past the page cache. */
  boolean direct();

  /** What offset and length must be a multiple of to go past the page cache, in bytes. */
  int directAlignment();

  /**
   * Fills the rest of {@code target} from {@code offset} on.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.read}: I/O error, or
   *     the range ends past the end of the device
   */
  void read(ByteBuffer target, long offset);

  /**
   * Writes all that remains in {@code source} at {@code offset}. It is durable only after {@link
   * #barrier}.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.write}: I/O error, or
   *     the range ends past the end of the device
   */
  void write(ByteBuffer source, long offset);

  /**
   * Begins to bring a range into the page cache, and does not wait for the device longer than its
   * queue is full. Best effort; nothing to do with what goes past the page cache.
   */
  void prefetch(long offset, long bytes);

  /**
   * Begins to bring a range that was written to the device, and does not wait: the barrier has less
   * to do then. Worth it for long ranges. Best effort.
   */
  void startWriteback(long offset, long bytes);

  /** Whether {@link #shareInto} is worth a try: both are files, and it was not refused yet. */
  boolean mayShareInto(BlockDevice target);

  /**
   * Lets a range of another file have the same blocks as a range of this one (a reflink), instead
   * of a copy of its bytes; a hole here becomes a hole there. It is durable after the other one's
   * {@link #barrier}.
   *
   * @param bytes at least 1
   * @return false where that cannot be had: then the other range may hold its old bytes, these, or
   *     some of both
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.read} or {@code
   *     device.write}: a range ends past the end of its device
   */
  boolean shareInto(BlockDevice target, long offset, long targetOffset, long bytes);

  /**
   * Returns when everything written before is durable.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.barrier}: what was
   *     written since the barrier before may be lost
   */
  void barrier();

  /**
   * Writes back and drops what the page cache holds of a block device: device-mapper writes beneath
   * it. Nothing to do for a file.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.flush}
   */
  void flushCaches();

  /**
   * Drops clean pages after a failed barrier, so that the next reader sees what the disk holds and
   * not what should have been written. Best effort.
   */
  void dropCaches();

  /** Takes an advisory lock for the time that the device is open; false if another run has it. */
  boolean tryLock(LockMode mode);

  @Override
  void close();
}

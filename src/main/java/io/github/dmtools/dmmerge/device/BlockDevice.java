package io.github.dmtools.dmmerge.device;

import java.nio.ByteBuffer;

/**
 * An open block device, or a file with the bytes of one.
 *
 * <p>Every method that does I/O throws {@link io.github.dmtools.dmmerge.problem.ProblemException}
 * with the path, the offset and the error number. Buffers are direct ({@link AlignedBuffers}).
 * Thread-safe, if the threads use different buffers.
 */
public interface BlockDevice extends AutoCloseable {
  /** The absolute path that was opened. */
  String path();

  DeviceType type();

  /** Size in bytes at the time of opening. */
  long sizeBytes();

  /** Logical block size in bytes; 512 for a file. */
  int logicalBlockBytes();

  /** True if transfers bypass the page cache. */
  boolean direct();

  /** The alignment of offset and length, in bytes, that is needed to bypass the page cache. */
  int directAlignment();

  /**
   * Reads into the rest of {@code target}, starting at {@code offset}.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.read}: I/O error, or
   *     the range ends past the end of the device
   */
  void read(ByteBuffer target, long offset);

  /**
   * Writes all that remains in {@code source} at {@code offset}. Durable only after {@link
   * #barrier}.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.write}: I/O error, or
   *     the range ends past the end of the device
   */
  void write(ByteBuffer source, long offset);

  /**
   * Starts to read a range into the page cache. Waits only while the device's queue is full. Best
   * effort; does nothing if transfers bypass the page cache.
   */
  void prefetch(long offset, long bytes);

  /**
   * Starts the writeback of a range without waiting, so that the barrier takes less time. Useful
   * for long ranges. Best effort.
   */
  void startWriteback(long offset, long bytes);

  /** True if {@link #shareInto} may work: both are files, and it has not been refused. */
  boolean mayShareInto(BlockDevice target);

  /**
   * Clones a range into another file (a reflink), which then shares its blocks instead of having a
   * copy. A hole is cloned as a hole. Durable after the other file's {@link #barrier}.
   *
   * @param bytes at least 1
   * @return false if it is not possible: the other range may have its old bytes, these, or a mix
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.read} or {@code
   *     device.write}: a range ends past the end of its device
   */
  boolean shareInto(BlockDevice target, long offset, long targetOffset, long bytes);

  /**
   * Makes all earlier writes durable.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.barrier}: writes since
   *     the previous barrier may be lost
   */
  void barrier();

  /**
   * Writes back and drops the page cache of a block device, since device-mapper writes beneath it.
   * Does nothing for a file.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.flush}
   */
  void flushCaches();

  /**
   * Drops clean pages after a failed barrier, so that readers see the content of the disk and not
   * the lost writes. Best effort.
   */
  void dropCaches();

  /** Takes an advisory lock until the device is closed; false if another program has one. */
  boolean tryLock(LockMode mode);

  @Override
  void close();
}

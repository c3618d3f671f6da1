package io.github.dmtools.dmmerge.device;

import io.github.dmtools.dmmerge.problem.WarningSink;

/** Opens devices, and tells what the system knows of them. */
public interface Devices {
  /**
   * Opens for reading.
   *
   * @param direct past the page cache, where it can be had; a warning says where not
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code path.missing}, {@code
   *     path.wrong_type}, {@code path.permission}, {@code device.open}
   */
  BlockDevice openForReading(String path, boolean direct, WarningSink warnings);

  /**
   * Opens the same device once more for writing, and claims it against mounting where that can be
   * had.
   *
   * @param reader the device as it was opened for reading and guarded
   * @param shared its holders are known and allowed, so that it cannot be claimed
   * @throws io.github.dmtools.dmmerge.problem.ProblemException as {@link #openForReading}; {@code
   *     device.busy} if somebody else has claimed it; {@code device.read_only}
   */
  BlockDevice openForWriting(BlockDevice reader, boolean shared, WarningSink warnings);

  /** Whether a regular file lies at the path. */
  boolean isFile(String path);

  /** What the system knows of an open device. */
  DeviceUse useOf(BlockDevice device);
}

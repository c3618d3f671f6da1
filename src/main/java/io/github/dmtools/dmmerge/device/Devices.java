package io.github.dmtools.dmmerge.device;

import io.github.dmtools.dmmerge.problem.WarningSink;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Opens devices, and queries the system about them. */
public interface Devices {
  /**
   * Opens a device for reading.
   *
   * @param direct bypass the page cache, or warn if that is not possible
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code path.missing}, {@code
   *     path.wrong_type}, {@code path.permission}, {@code device.open}
   */
  BlockDevice openForReading(String path, boolean direct, WarningSink warnings);

  /**
   * Opens an open device again for writing, whatever its path leads to now, and claims it
   * exclusively.
   *
   * @param reader the device as opened for reading and guarded
   * @param shared do not claim it: known and permitted devices are stacked on it
   * @throws io.github.dmtools.dmmerge.problem.ProblemException as {@link #openForReading}; {@code
   *     device.busy} if another program has claimed it; {@code device.read_only}
   */
  BlockDevice openForWriting(BlockDevice reader, boolean shared, WarningSink warnings);

  /** True if the path leads to a regular file. */
  boolean isFile(String path);

  /**
   * Copies a file on an overlay file system to the upper layer, as every open for writing does. A
   * descriptor that was opened before would keep reading the lower file. Does nothing for other
   * files, for devices, and if the file cannot be opened.
   */
  void copyUp(String path);

  /** Reads the current mounts and swap spaces. */
  Survey survey();

  /** Returns an empty set of claims. */
  Claims newClaims();

  /** Finds signatures on an open device. Reads only its bytes, and opens nothing by name. */
  Identification identify(BlockDevice device);

  /**
   * True if the first byte of an open device is the first byte of a regular file, directly or
   * through a loop device.
   */
  boolean startsAFile(BlockDevice device);

  /** The persistent name of an open device. */
  PersistentId nameOf(BlockDevice device);

  /** The id of the current boot; null if it cannot be read. */
  @Nullable UUID bootId();

  /**
   * Opens and locks a file that an earlier run created. Does not follow a symbolic link.
   *
   * @return null if the path does not exist
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code undo.not_ours} if it is not a
   *     regular file, {@code device.busy} if another run has it open, {@code undo.create}
   */
  @Nullable PreallocatedFile openPreallocated(String path);

  /**
   * Creates and locks a file with mode 0600 and reserved space: all zeroes except {@link
   * PreallocatedFile#MARK}. It has a temporary name until {@link PreallocatedFile#publish}. Only a
   * leftover of a killed run is replaced.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code undo.create}; {@code
   *     device.busy} if another run is creating it or has just created it
   */
  PreallocatedFile createPreallocated(String path, long bytes);
}

package io.github.dmtools.dmmerge.device;

import io.github.dmtools.dmmerge.problem.WarningSink;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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
   * Opens the same device once more for writing, whatever its path leads to by now, and claims it
   * against mounting where possible.
   *
   * @param reader the device as it was opened for reading and guarded
   * @param shared devices that are known and allowed are built on it, so that it cannot be claimed
   * @throws io.github.dmtools.dmmerge.problem.ProblemException as {@link #openForReading}; {@code
   *     device.busy} if somebody else has claimed it; {@code device.read_only}
   */
  BlockDevice openForWriting(BlockDevice reader, boolean shared, WarningSink warnings);

  /** Whether a regular file lies at the path. */
  boolean isFile(String path);

  /**
   * Gives a file on an overlay file system its copy in the upper layer, as every open for writing
   * does: what was opened before would go on reading the lower one. Nothing to do for other files,
   * for devices, and for what cannot be opened.
   */
  void copyUp(String path);

  /** Looks at what is mounted and swapped to right now. */
  Survey survey();

  /** Claims nothing yet. */
  Claims newClaims();

  /** Looks for signatures on an open device. Reads only its bytes, and nothing by name. */
  Identification identify(BlockDevice device);

  /**
   * Whether the first byte of an open device is the first byte of a regular file: it is one, or a
   * loop device over one.
   */
  boolean startsAFile(BlockDevice device);

  /** A name of an open device that outlives this run. */
  PersistentId nameOf(BlockDevice device);

  /** What tells this boot of the system from every other one; null if it cannot be read. */
  @Nullable UUID bootId();

  /**
   * Opens a file that an earlier run made, and locks it. Never through a symbolic link.
   *
   * @return null if nothing lies at the path
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code undo.not_ours} if it is no
   *     regular file, {@code device.busy} if another run has it, {@code undo.create}
   */
  @Nullable PreallocatedFile openPreallocated(String path);

  /**
   * Makes a new file that only its owner may read, locked, all zeroes but for {@link
   * PreallocatedFile#MARK}, its space reserved. It is beside its path until {@link
   * PreallocatedFile#publish}; what a run that was killed before that left there is replaced, and
   * nothing else.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code undo.create}, and {@code
   *     device.busy} if another run is making it or has just made it
   */
  PreallocatedFile createPreallocated(String path, long bytes);
}

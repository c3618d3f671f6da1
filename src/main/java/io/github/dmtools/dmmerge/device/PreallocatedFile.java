package io.github.dmtools.dmmerge.device;

/**
 * A regular file that dm-merge itself fills, open for reading and writing and locked: an undo
 * store. Its size changes by {@link #reserve} and {@link #cutTo} alone.
 */
public interface PreallocatedFile extends BlockDevice {
  /** What the file holds at {@link #MARK_OFFSET} from the moment that it has a name. */
  String MARK = "dm-merge undo 1\n";

  /** In bytes. */
  int MARK_OFFSET = 256;

  /**
   * Grows to {@code bytes}, if it is smaller, with its space reserved and durable: a disk that is
   * full is found here. What is new reads as zeroes. Where it fails the file is as it was.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code undo.create}
   */
  void reserve(long bytes);

  /**
   * Gives a new file its name, durable; nothing was at its path before. Without this, {@link
   * #close} removes it.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code undo.create}
   */
  void publish();

  /** Whether its path still leads to it. */
  boolean isInPlace();

  /**
   * Gives the space past {@code bytes} back.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.write}
   */
  void cutTo(long bytes);
}

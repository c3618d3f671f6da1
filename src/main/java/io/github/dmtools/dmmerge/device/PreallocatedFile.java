package io.github.dmtools.dmmerge.device;

/**
 * A locked regular file with reserved space, open for reading and writing: an undo store. Only
 * {@link #reserve} and {@link #cutTo} change its size.
 */
public interface PreallocatedFile extends BlockDevice {
  /** Marks the file at {@link #MARK_OFFSET}, before it has a name. */
  String MARK = "dm-merge undo 1\n";

  /** In bytes. */
  int MARK_OFFSET = 256;

  /**
   * Grows the file to {@code bytes} with reserved space, durably; does nothing if it is larger. New
   * bytes are zero. A full disk fails here, and leaves the file unchanged.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code undo.create}
   */
  void reserve(long bytes);

  /**
   * Gives a new file its name, durably, without replacing anything. Without this call, {@link
   * #close} removes the file.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code undo.create}
   */
  void publish();

  /** True if the path still leads to this file. */
  boolean isInPlace();

  /**
   * Truncates the file to {@code bytes}, if it is larger.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.write}
   */
  void cutTo(long bytes);
}

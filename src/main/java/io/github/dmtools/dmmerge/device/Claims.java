package io.github.dmtools.dmmerge.device;

import java.util.List;

/**
 * Devices that are open exclusively: they cannot be mounted, used for swap, or stacked on. Closing
 * releases all of them.
 */
public interface Claims extends AutoCloseable {
  /**
   * Claims the devices that are not claimed yet.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.in_use} if another
   *     program has claimed one; {@code device.use_unknown} if one cannot be opened
   */
  void add(List<UsedDevice> devices);

  @Override
  void close();
}

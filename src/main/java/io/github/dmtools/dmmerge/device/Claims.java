package io.github.dmtools.dmmerge.device;

import java.util.List;

/**
 * Devices that are held open exclusively, so that nobody can mount them, swap to them or build
 * another device on them. Closing releases all of them.
 */
public interface Claims extends AutoCloseable {
  /**
   * Claims those devices that are not claimed yet.
   *
   * @throws io.github.dmtools.dmmerge.problem.ProblemException {@code device.in_use} if somebody
   *     else has claimed one; {@code device.use_unknown} if one cannot be opened
   */
  void add(List<UsedDevice> devices);

  @Override
  void close();
}

package io.github.dmtools.dmmerge.approval;

import org.jspecify.annotations.Nullable;

/**
 * A device that a plan is for.
 *
 * @param path absolute
 * @param bytes its size
 * @param lastingName the name that it keeps over a reboot and that no other device gets; null if it
 *     has none
 */
public record Target(String path, long bytes, @Nullable String lastingName) {
  /**
   * Whether this, as a plan says it, is the device that {@code now} is. A plan of an earlier
   * version does not say the name.
   */
  boolean is(Target now) {
    return path.equals(now.path)
        && bytes == now.bytes
        && (lastingName == null || lastingName.equals(now.lastingName));
  }

  @Override
  public String toString() {
    String name = lastingName == null ? "" : ", " + lastingName;
    return path + " (" + bytes + " bytes" + name + ")";
  }
}

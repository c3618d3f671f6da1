package io.github.dmtools.dmmerge.approval;

import java.util.Objects;
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
   * Whether this, as a plan says it, is the device that {@code now} is. A name is compared where
   * both have one: a plan of an earlier version has none.
   */
  boolean is(Target now) {
    return path.equals(now.path)
        && bytes == now.bytes
        && (lastingName == null
            || now.lastingName == null
            || Objects.equals(lastingName, now.lastingName));
  }

  @Override
  public String toString() {
    String name = lastingName == null ? "" : ", " + lastingName;
    return path + " (" + bytes + " bytes" + name + ")";
  }
}
